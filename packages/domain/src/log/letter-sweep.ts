import type { Timestamp } from '../activity/timestamp.ts';
import { utf8Bytes } from '../shared/json-bytes.ts';
import type { DeadLetter } from './dead-letter.ts';

/**
 * The limits by which a sweep removes dead letters. An edge letter is the dead letter of a call that the API refused, so it was never on the
 * log. All other dead letters come from the log.
 */
export interface SweepLimits {
  /** Edge letters that died before this time are removed. If undefined, none is removed because of its age. */
  readonly edgeBefore: Timestamp | undefined;
  /** The maximum total size of all edge letters in bytes. Above it, the oldest are removed. */
  readonly maxEdgeBytes: number;
  /** Letters from the log that died before this time are removed. If undefined, none is removed. */
  readonly logBefore: Timestamp | undefined;
  /** The maximum number of letters that one sweep removes. */
  readonly limit: number;
}

/** The result of a sweep. */
export interface LetterSweep {
  /** The number of letters removed because of their age. */
  readonly expired: number;
  /** The number of edge letters removed because the total size exceeded `maxEdgeBytes`. */
  readonly evicted: number;
  /** The total size of the remaining edge letters in bytes. */
  readonly edgeBytes: number;
}

/** The data of an edge letter that a sweep needs. */
export interface SweptLetter {
  readonly diedAt: number;
  readonly bytes: number;
}

/** The number of bytes that are counted for each letter in addition to its key, value, headers and reason. It estimates the store's overhead. */
export const letterOverheadBytes = 1024;

/** Returns the number of bytes that a letter counts towards `maxEdgeBytes`. A store may count a few bytes more or less per header. */
export function countedBytes({ key, value, headers, reason }: Omit<DeadLetter, 'origin'>): number {
  let bytes = letterOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0) + utf8Bytes(reason);
  for (const [name, values] of Object.entries(headers))
    for (const header of values) bytes += utf8Bytes(name) + header.length;
  return bytes;
}

/** Chooses which edge letters to remove. `oldest` has the oldest ones in order, and `allBytes` is the total size of all of them. */
export function dueLetters<Letter extends SweptLetter>(
  oldest: readonly Letter[],
  allBytes: number,
  { edgeBefore, maxEdgeBytes }: SweepLimits,
): LetterSweep & { readonly due: readonly Letter[] } {
  const due: Letter[] = [];
  let [expired, edgeBytes] = [0, allBytes];
  for (const letter of oldest) {
    const isExpired = edgeBefore !== undefined && letter.diedAt < edgeBefore;
    if (!isExpired && edgeBytes <= maxEdgeBytes) break;
    due.push(letter);
    expired += isExpired ? 1 : 0;
    edgeBytes -= letter.bytes;
  }
  return { due, expired, evicted: due.length - expired, edgeBytes };
}
