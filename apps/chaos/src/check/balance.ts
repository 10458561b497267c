import { type DeadLetterCode, emptyTally, type RecordOutcome } from '@user-activity/domain';
import type { Evidence, Letter, LoggedRecord } from './evidence.ts';
import { type Facts, nonceOf } from './facts.ts';
import type { Violation } from './violation.ts';

/** The outcome of a record, as the evidence shows it. A sound run has no unaccounted record. */
type Entry = RecordOutcome | 'unaccounted';

/** The number of records in all, and by outcome. */
export type Books = Readonly<Record<'records' | Entry, number>>;

const codeOf: Partial<Record<Entry, DeadLetterCode>> = { conflict: 'conflict', dead_lettered: 'unreadable' };

/** Finds the outcome of each record in the order of the log, and records whose outcome contradicts the store or the dead letters. */
export function balance(
  { records, stored, letters, lettersOnTopic }: Evidence,
  facts: Facts,
): { readonly books: Books; readonly violations: readonly Violation[] } {
  const violations: Violation[] = [];
  const report = (subject: string, detail: string): void => {
    violations.push({ kind: 'unbalanced', subject, detail });
  };
  const letterAt = new Map<string, Letter>(letters.map((letter) => [letter.origin, letter]));
  const onTopic = new Set(lettersOnTopic.map(({ origin }) => origin));
  const books = { records: records.length, ...emptyTally(), unaccounted: 0 };
  const seen = new Set<string>();
  const due = new Map<string, { readonly code: string; readonly digest: string }>();
  for (const record of records) {
    const { origin, digest } = record;
    const entry = entryOf(record, facts, seen);
    books[entry] += 1;
    if (entry === 'unaccounted') report(origin, 'nothing is stored under its id');
    if (isFirst(entry, record, facts, seen)) report(origin, 'a later one is stored, and not this first one');
    const code = codeOf[entry];
    if (code !== undefined) due.set(origin, { code, digest });
    else if (letterAt.has(origin)) report(origin, `${entry}, and a dead letter as well`);
  }
  for (const [origin, { code, digest }] of due) {
    const letter = letterAt.get(origin);
    if (letter === undefined) report(origin, `no dead letter, which is due for ${code}`);
    else if (letter.code !== code) report(origin, `a dead letter for ${letter.code}, not for ${code}`);
    else if (letter.reason === '') report(origin, 'a dead letter without a reason');
    else if (letter.digest !== digest) report(origin, 'a dead letter with other bytes');
    else if (!onTopic.has(origin)) report(origin, 'a dead letter that is not on the topic');
  }
  const ofRecords = new Set(records.map(({ origin }) => origin));
  for (const origin of letterAt.keys())
    if (!ofRecords.has(origin)) report(origin, 'a dead letter of no record');
  for (const { origin, code, digest } of lettersOnTopic) {
    const expected = due.get(origin);
    if (expected?.code !== code || expected.digest !== digest)
      report(origin, 'a dead letter on the topic that is not due');
  }
  if (books.stored !== stored.length)
    report('all', `${books.stored} of the log should be stored, ${stored.length} are`);
  return { books, violations };
}

/** Returns the outcome that a record must have had, judged by the stored activity with its id. */
function entryOf({ poison, activity }: LoggedRecord, facts: Facts, seen: Set<string>): Entry {
  if (poison || activity === undefined) return 'dead_lettered';
  const stored = facts.stored.get(activity.id);
  if (stored === undefined) return 'unaccounted';
  if (nonceOf(stored) !== nonceOf(activity)) return 'conflict';
  if (stored.receivedAt !== activity.receivedAt) return 'duplicate';
  if (seen.has(activity.id)) return 'redelivered';
  seen.add(activity.id);
  return 'stored';
}

/** Returns whether a record should have been stored instead of a later one with its id. */
function isFirst(
  entry: Entry,
  { activity, partition, offset }: LoggedRecord,
  facts: Facts,
  seen: ReadonlySet<string>,
): boolean {
  if (activity === undefined || seen.has(activity.id)) return false;
  if (entry === 'duplicate') return true;
  // Two partitions have no common order.
  const first = facts.firstOfStored(activity.id);
  return entry === 'conflict' && first?.partition === partition && offset < first.offset;
}
