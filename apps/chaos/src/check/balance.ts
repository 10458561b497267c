import type { Evidence, Letter, LoggedRecord } from './evidence.ts';
import { type Facts, nonceOf } from './facts.ts';
import type { Violation } from './violation.ts';

/** What every record of the log came to; the numbers add up to the number of records. */
export interface Books {
  readonly records: number;
  readonly stored: number;
  readonly redelivered: number;
  readonly duplicate: number;
  readonly conflict: number;
  readonly deadLettered: number;
}

type Entry = Exclude<keyof Books, 'records'>;

const codeOf: Partial<Record<Entry, string>> = { conflict: 'conflict', deadLettered: 'unreadable' };

/** Goes through the log from its beginning and looks for what each record must have come to. */
export function balance(
  { records, stored, letters, lettersOnTopic }: Evidence,
  facts: Facts,
): { readonly books: Books; readonly violations: readonly Violation[] } {
  const violations: Violation[] = [];
  const report = (subject: string, detail: string): void => {
    violations.push({ kind: 'unbalanced', subject, detail });
  };
  const letterAt = new Map<string, Letter>(letters.map((letter) => [letter.origin, letter]));
  const books = {
    records: records.length,
    stored: 0,
    redelivered: 0,
    duplicate: 0,
    conflict: 0,
    deadLettered: 0,
  };
  const seen = new Set<string>();
  const ofRecords = new Set<string>();
  for (const record of records) {
    const { origin } = record;
    const letter = letterAt.get(origin);
    ofRecords.add(origin);
    const entry = entryOf(record, facts, seen);
    books[entry] += 1;
    if (entry === 'duplicate' && isFirst(record, facts, seen))
      report(origin, 'a later copy is stored, and not this first one');
    const due = codeOf[entry];
    if (due === undefined && letter !== undefined) report(origin, `${entry}, and a dead letter as well`);
    if (due === undefined) continue;
    if (letter === undefined) report(origin, `${entry}, and no dead letter`);
    else if (letter.code !== due) report(origin, `a dead letter for ${letter.code}, not for ${due}`);
    else if (letter.reason === '') report(origin, 'a dead letter without a reason');
    else if (letter.digest !== record.digest) report(origin, 'a dead letter with other bytes');
    else if (!lettersOnTopic.has(origin)) report(origin, 'a dead letter that is not on the topic');
  }
  for (const origin of letterAt.keys())
    if (!ofRecords.has(origin)) report(origin, 'a dead letter of no record');
  if (books.stored !== stored.length)
    report('all', `${books.stored} of the log should be stored, ${stored.length} are`);
  return { books, violations };
}

/** What the record must have come to, by what the store holds under its id. */
function entryOf({ poison, activity }: LoggedRecord, facts: Facts, seen: Set<string>): Entry {
  if (poison || activity === undefined) return 'deadLettered';
  const stored = facts.stored.get(activity.id);
  if (stored === undefined || nonceOf(stored) !== nonceOf(activity)) return 'conflict';
  if (stored.receivedAt !== activity.receivedAt) return 'duplicate';
  if (seen.has(activity.id)) return 'redelivered';
  seen.add(activity.id);
  return 'stored';
}

/** Whether a copy lies before the one that is stored. */
const isFirst = ({ activity }: LoggedRecord, facts: Facts, seen: ReadonlySet<string>): boolean =>
  activity !== undefined && facts.isSole(activity.id) && !seen.has(activity.id);
