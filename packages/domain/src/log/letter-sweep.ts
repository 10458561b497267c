import type { Timestamp } from '../activity/timestamp.ts';
import { utf8Bytes } from '../shared/json-bytes.ts';
import type { DeadLetter } from './dead-letter.ts';

/** What a sweep of the dead letters removes. */
export interface SweepLimits {
  /** Letters of the edge that died before go; undefined removes none for its age. */
  readonly edgeBefore: Timestamp | undefined;
  /** The most bytes of all letters of the edge together; the oldest go first. */
  readonly maxEdgeBytes: number;
  /** Letters off the log that died before go; undefined removes none of them. */
  readonly logBefore: Timestamp | undefined;
  /** The most letters that one call removes. */
  readonly limit: number;
}

/** What a sweep came to. */
export interface LetterSweep {
  /** Letters that went for their age. */
  readonly expired: number;
  /** Letters of the edge that went as all of them were too large together. */
  readonly evicted: number;
  /** The bytes of the letters of the edge that are left. */
  readonly edgeBytes: number;
}

/** A letter of the edge as a sweep sees it. */
export interface SweptLetter {
  readonly diedAt: number;
  readonly bytes: number;
}

/** What a letter of the edge counts as beside its key, value, headers and reason: what a store needs around them. */
export const letterOverheadBytes = 1024;

/** How many bytes a letter counts as for `maxEdgeBytes`. A store that counts by itself counts the same, to a few for each header. */
export function countedBytes({ key, value, headers, reason }: Omit<DeadLetter, 'origin'>): number {
  let bytes = letterOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0) + utf8Bytes(reason);
  for (const [name, values] of Object.entries(headers))
    for (const header of values) bytes += utf8Bytes(name) + header.length;
  return bytes;
}

/** Which of the oldest letters of the edge go, where all of them have so many bytes. */
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
