import type { ActivityJson } from '@user-activity/domain';
import type { Evidence } from './evidence.ts';
import { type Facts, nonceOf } from './facts.ts';
import type { Violation } from './violation.ts';

/** Finds activities on the log or in the store that nobody sent, or that are there too often. */
export function misplaced({ records, stored, written }: Evidence, facts: Facts): Violation[] {
  const violations: Violation[] = [];
  const mustBeSent = (activity: ActivityJson | undefined, subject: string, where: string): void => {
    const sent = activity === undefined ? 'foreign' : facts.wasSent(activity);
    if (sent !== 'sent')
      violations.push({ kind: sent, subject, detail: `${where}, and nobody sent it like that` });
  };
  for (const record of records) if (!record.poison) mustBeSent(record.activity, record.origin, 'on the log');
  for (const activity of stored) mustBeSent(activity, activity.id, 'stored');
  for (const id of repeated(stored.map((activity) => activity.id)))
    violations.push({ kind: 'doubled', subject: id, detail: 'listed twice' });
  for (const nonce of repeated(stored.map((activity) => nonceOf(activity) ?? '')))
    violations.push({ kind: 'doubled', subject: nonce, detail: 'stored under two ids' });
  for (const id of repeated(written))
    violations.push({ kind: 'doubled', subject: id, detail: 'written twice' });
  const [listed, kept] = [new Set(stored.map(({ id }) => id)), new Set(written)];
  for (const id of listed)
    if (!kept.has(id)) violations.push({ kind: 'unbalanced', subject: id, detail: 'listed, never written' });
  for (const id of kept)
    if (!listed.has(id)) violations.push({ kind: 'unbalanced', subject: id, detail: 'written, not listed' });
  return violations;
}

function repeated(values: readonly string[]): ReadonlySet<string> {
  const [seen, twice] = [new Set<string>(), new Set<string>()];
  for (const value of values) (seen.has(value) ? twice : seen).add(value);
  return twice;
}
