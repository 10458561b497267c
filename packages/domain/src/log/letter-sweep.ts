import type { Timestamp } from '../activity/timestamp.ts';
import { utf8Bytes } from '../shared/json-bytes.ts';
import type { DeadLetter } from './dead-letter.ts';

/** The limits by which a sweep removes dead letters. "Of the edge" means refused by the API, never on the log. */
export interface SweepLimits {
  /** Removes letters of the edge that died before this time; undefined: none is too old. */
  readonly edgeBefore: Timestamp | undefined;
  /** The maximum total size in bytes of all letters of the edge; the oldest are removed first. */
  readonly maxEdgeBytes: number;
  /** Removes letters from the log that died before this time; undefined: none is too old. */
  readonly logBefore: Timestamp | undefined;
  /** The maximum number of letters that one call removes. */
  readonly limit: number;
}

export interface LetterSweep {
  /** The number of letters removed because of their age. */
  readonly expired: number;
  /** The number of letters of the edge removed because the total exceeded `maxEdgeBytes`. */
  readonly evicted: number;
  /** The total size in bytes of the remaining letters of the edge. */
  readonly edgeBytes: number;
}

/** The data of a letter of the edge that a sweep needs. */
export interface SweptLetter {
  readonly diedAt: number;
  readonly bytes: number;
}

/** The fixed size that each letter counts in addition to key, value, headers and reason: an estimate of the store's overhead. */
export const letterOverheadBytes = 1024;

/** Returns the size of a letter for `maxEdgeBytes`. A store that computes it itself may differ by a few bytes per header. */
export function countedBytes({ key, value, headers, reason }: Omit<DeadLetter, 'origin'>): number {
  let bytes = letterOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0) + utf8Bytes(reason);
  for (const [name, values] of Object.entries(headers))
    for (const header of values) bytes += utf8Bytes(name) + header.length;
  return bytes;
}

/** Chooses the letters to remove from the oldest letters of the edge. `allBytes` is the total size of all letters of the edge. */
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
