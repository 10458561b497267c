import { edgeTopic } from './dead-letter.ts';
import type { Origin, OriginalRecord, RawRecord } from './log-record.ts';

/** The most bytes of a value that a letter of the edge keeps. Its sender was told that nothing was taken in. */
export const maxEdgeValueBytes: number = 64 * 1024;

/** The whole of a value of which a letter keeps the beginning. */
export interface WholeValue {
  /** In bytes. */
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

// A letter of the edge has no headers of its own. So every store and the topic keep these two as they keep any.
const sizeHeader = 'user-activity-cut-size';
const digestHeader = 'user-activity-cut-sha256';

/** Whether what lay there was refused at the edge: it never was on the log, and nobody was told that it is safe. */
export const isOfEdge = ({ topic }: Pick<Origin, 'topic'>): boolean => topic === edgeTopic;

/**
 * The record with at most `maxEdgeValueBytes` of its value, which is UTF-8 and ends between two characters, and with two
 * headers that tell the size and the SHA-256 of the whole.
 */
export function beginningOf(record: OriginalRecord, whole: WholeValue): OriginalRecord {
  const { value, headers } = record;
  return {
    ...record,
    value: value && value.slice(0, endOfCharacter(value, maxEdgeValueBytes)),
    headers: { ...headers, [sizeHeader]: [ascii(String(whole.size))], [digestHeader]: [ascii(whole.sha256)] },
  };
}

/** The whole of which the letter keeps the beginning. Returns undefined if it keeps all of its value, or came off the log. */
export function wholeValueOf(letter: Pick<OriginalRecord, 'origin' | 'headers'>): WholeValue | undefined {
  if (!isOfEdge(letter.origin)) return undefined;
  const [size, sha256] = [textOf(letter.headers, sizeHeader), textOf(letter.headers, digestHeader)];
  return size === undefined || sha256 === undefined ? undefined : { size: Number(size), sha256 };
}

/** The last end of a character that lies within so many bytes. */
function endOfCharacter(utf8: Uint8Array, maxBytes: number): number {
  let end = Math.min(utf8.length, maxBytes);
  while (end > 0 && isContinuation(utf8[end])) end -= 1;
  return end;
}

const isContinuation = (byte = 0): boolean => (byte & 0xc0) === 0x80;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

function textOf(headers: RawRecord['headers'], name: string): string | undefined {
  const [value] = Object.hasOwn(headers, name) ? (headers[name] ?? []) : [];
  return value === undefined ? undefined : String.fromCharCode(...value);
}
