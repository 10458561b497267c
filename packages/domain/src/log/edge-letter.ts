import type { Sender } from '../activity/sender.ts';
import { edgeTopic } from './dead-letter.ts';
import type { Origin, OriginalRecord, RawRecord } from './log-record.ts';

// An edge letter is the dead letter of a call that the API (the edge) refused, or of which it dropped a part. The call itself was never on the
// log.

/** The maximum size of the value of an edge letter, in bytes: 64 KiB. The sender was told what was refused, so the rest may be lost. */
export const maxEdgeValueBytes: number = 64 * 1024;

/** The size and digest of a value of which an edge letter keeps only the beginning. */
export interface WholeValue {
  /** In bytes. */
  readonly size: number;
  /** The SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** If the call came with a public key, the edge letter has this header with the value `public`. */
const sourceHeader = 'user-activity-source';

// If the value was cut, these headers have the size and digest of the whole value. No other header of an edge letter can have these names.
const sizeHeader = 'user-activity-cut-size';
const digestHeader = 'user-activity-cut-sha256';

/** Returns the headers of a new edge letter: `sourceHeader` if the call came with a public key, and none otherwise. */
export const headersOfEdge = ({ publicKey }: Pick<Sender, 'publicKey'>): RawRecord['headers'] =>
  publicKey === undefined ? {} : { [sourceHeader]: [ascii('public')] };

/** Returns whether a dead letter with this origin is an edge letter. */
export const isOfEdge = ({ topic }: Pick<Origin, 'topic'>): boolean => topic === edgeTopic;

/**
 * Cuts the value of an edge letter to `maxEdgeValueBytes`, between two characters of its UTF-8. Adds two headers, with the size and the
 * SHA-256 of the whole value.
 */
export function beginningOf(record: OriginalRecord, whole: WholeValue): OriginalRecord {
  const { value, headers } = record;
  return {
    ...record,
    value: value && value.slice(0, endOfCharacter(value, maxEdgeValueBytes)),
    headers: { ...headers, [sizeHeader]: [ascii(String(whole.size))], [digestHeader]: [ascii(whole.sha256)] },
  };
}

/** Returns the size and digest that `beginningOf` added to an edge letter. Returns undefined for every other dead letter. */
export function wholeValueOf(letter: Pick<OriginalRecord, 'origin' | 'headers'>): WholeValue | undefined {
  if (!isOfEdge(letter.origin)) return undefined;
  const [size, sha256] = [textOf(letter.headers, sizeHeader), textOf(letter.headers, digestHeader)];
  return size === undefined || sha256 === undefined ? undefined : { size: Number(size), sha256 };
}

/** Returns the index after the last UTF-8 character that fits into `maxBytes`. */
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
