import type { Sender } from '../activity/sender.ts';
import { edgeTopic } from './dead-letter.ts';
import type { Origin, OriginalRecord, RawRecord } from './log-record.ts';

/** The maximum number of bytes that a letter of the edge keeps of its value: 64 KiB. Its sender was told of the refusal. */
export const maxEdgeValueBytes: number = 64 * 1024;

/** Describes a value of which a letter keeps only the beginning. */
export interface WholeValue {
  /** In bytes. */
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** The header of a letter of the edge whose call came with a public key. Its value is `public`. */
const sourceHeader = 'user-activity-source';

// A letter of the edge has no other headers but `sourceHeader`, so stores and the topic keep these two as ordinary headers.
const sizeHeader = 'user-activity-cut-size';
const digestHeader = 'user-activity-cut-sha256';

/** Returns the headers of a letter of the edge. They show whether the call came with a public key. */
export const headersOfEdge = ({ publicKey }: Pick<Sender, 'publicKey'>): RawRecord['headers'] =>
  publicKey === undefined ? {} : { [sourceHeader]: [ascii('public')] };

/** Returns whether the record comes from the API, and never was on the log. */
export const isOfEdge = ({ topic }: Pick<Origin, 'topic'>): boolean => topic === edgeTopic;

/**
 * Returns the record with at most `maxEdgeValueBytes` of its value, which is UTF-8 and is cut between two characters. Adds two
 * headers, with the size and the SHA-256 of the whole value.
 */
export function beginningOf(record: OriginalRecord, whole: WholeValue): OriginalRecord {
  const { value, headers } = record;
  return {
    ...record,
    value: value && value.slice(0, endOfCharacter(value, maxEdgeValueBytes)),
    headers: { ...headers, [sizeHeader]: [ascii(String(whole.size))], [digestHeader]: [ascii(whole.sha256)] },
  };
}

/** Returns undefined if the letter keeps its whole value, or comes from the log. */
export function wholeValueOf(letter: Pick<OriginalRecord, 'origin' | 'headers'>): WholeValue | undefined {
  if (!isOfEdge(letter.origin)) return undefined;
  const [size, sha256] = [textOf(letter.headers, sizeHeader), textOf(letter.headers, digestHeader)];
  return size === undefined || sha256 === undefined ? undefined : { size: Number(size), sha256 };
}

/** Returns the end of the last character that fits into `maxBytes`. */
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
