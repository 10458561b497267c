import { type DeadLetterCode, emptyTally, type RecordOutcome, recordOutcomes } from '@user-activity/domain';
import type { Evidence, Letter, LoggedRecord, TopicLetter } from './evidence.ts';
import { type FactIndex, nonceOf } from './fact-index.ts';
import type { Violation } from './violation.ts';

/** The outcome of a record, as the evidence shows it. `unaccounted` is a violation: nothing is stored under the id of the record. */
type Outcome = RecordOutcome | 'unaccounted';

/** The number of records in total, and by outcome. */
export type RecordCounts = Readonly<Record<'records' | Outcome, number>>;

/** Adds the counts of several projects. */
export function sumOf(all: readonly RecordCounts[]): RecordCounts {
  const sum = noCounts();
  for (const counts of all)
    for (const name of ['records', ...recordOutcomes, 'unaccounted'] as const) sum[name] += counts[name];
  return sum;
}

const noCounts = (): Record<keyof RecordCounts, number> => ({ records: 0, ...emptyTally(), unaccounted: 0 });

/** For each outcome that makes a record a dead letter: the code of the dead letter. */
const codeByOutcome: Partial<Record<Outcome, DeadLetterCode>> = {
  conflict: 'conflict',
  dead_lettered: 'unreadable',
};

/** Counts the records by outcome. Also returns a violation for each outcome that the store or the dead letters contradict. */
export function balance(
  evidence: Evidence,
  facts: FactIndex,
): { readonly counts: RecordCounts; readonly violations: readonly Violation[] } {
  const { records, stored, letters, lettersOnTopic } = evidence;
  const violations: Violation[] = [];
  const report = (subject: string, detail: string): void => {
    violations.push({ kind: 'unbalanced', subject, detail });
  };
  const letterAt = new Map<string, Letter>(letters.map((letter) => [letter.origin, letter]));
  const topicOrigins = new Set(lettersOnTopic.map(({ origin }) => origin));
  const counts = { ...noCounts(), records: records.length };
  const seen = new Set<string>();
  const expectedLetters = new Map<string, { readonly code: string; readonly digest: string }>();
  for (const record of records) {
    const { origin, digest } = record;
    const outcome = outcomeOf(record, facts, seen);
    counts[outcome] += 1;
    if (outcome === 'unaccounted') report(origin, 'nothing is stored under the id of this record');
    if (wasSkipped(outcome, record, facts, seen))
      report(origin, 'a later record with the same id is stored instead of this record');
    const code = codeByOutcome[outcome];
    if (code !== undefined) expectedLetters.set(origin, { code, digest });
    else if (letterAt.has(origin)) report(origin, `the outcome is ${outcome}, but there is a dead letter`);
  }
  for (const [origin, { code, digest }] of expectedLetters) {
    const letter = letterAt.get(origin);
    if (letter === undefined) report(origin, `there is no dead letter with the code ${code}`);
    else if (letter.code !== code) report(origin, `the dead letter has the code ${letter.code}, not ${code}`);
    else if (letter.reason === '') report(origin, 'the dead letter has no reason');
    else if (letter.digest !== digest) report(origin, 'the dead letter and the record have different bytes');
    else if (!topicOrigins.has(origin)) report(origin, 'the dead letter is not on the topic of dead letters');
  }
  const recordOrigins = new Set(records.map(({ origin }) => origin));
  for (const origin of letterAt.keys())
    if (!recordOrigins.has(origin)) report(origin, 'there is a dead letter, but no record');
  for (const letter of lettersOnTopic) {
    const { origin, code, digest } = letter;
    const expected = expectedLetters.get(origin);
    if ((expected?.code !== code || expected.digest !== digest) && !mayHaveBeenConflict(letter, evidence))
      report(origin, 'the topic has a dead letter that the record should not have');
  }
  if (counts.stored !== stored.length)
    report(
      'all',
      `by their outcomes, ${counts.stored} records are stored, but the store has ${stored.length} activities`,
    );
  return { counts, violations };
}

/** Returns the outcome of a record, found by comparing the record with the stored activity that has the same id. */
function outcomeOf({ poison, activity }: LoggedRecord, facts: FactIndex, seen: Set<string>): Outcome {
  if (poison || activity === undefined) return 'dead_lettered';
  const stored = facts.stored.get(activity.id);
  if (stored === undefined) return 'unaccounted';
  if (nonceOf(stored) !== nonceOf(activity)) return 'conflict';
  if (stored.receivedAt !== activity.receivedAt) return 'duplicate';
  if (seen.has(activity.id)) return 'redelivered';
  seen.add(activity.id);
  return 'stored';
}

/** Returns whether a later record with the same id was stored instead of this record. */
function wasSkipped(
  outcome: Outcome,
  { activity, partition, offset }: LoggedRecord,
  facts: FactIndex,
  seen: ReadonlySet<string>,
): boolean {
  if (activity === undefined || seen.has(activity.id)) return false;
  if (outcome === 'duplicate') return true;
  // The log does not order records of different partitions.
  const first = facts.firstOfStored(activity.id);
  return outcome === 'conflict' && first?.partition === partition && offset < first.offset;
}

/**
 * Returns whether the record of the letter may have been a conflict before the store was restored. The log does not order two records on
 * different partitions. If they have the same id, the one that was a conflict before the restore may be the stored one after it. The topic of
 * dead letters was not restored, so it keeps the letter.
 */
function mayHaveBeenConflict(
  { origin, code, digest }: TopicLetter,
  { records, isRestored }: Evidence,
): boolean {
  if (!isRestored || code !== 'conflict') return false;
  const record = records.find((candidate) => candidate.origin === origin && candidate.digest === digest);
  if (record?.activity === undefined) return false;
  const { activity, partition } = record;
  return records.some(
    (other) =>
      other.partition !== partition &&
      other.activity?.id === activity.id &&
      nonceOf(other.activity) !== nonceOf(activity),
  );
}
