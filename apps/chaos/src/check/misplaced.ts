import type { ActivityJson } from '@user-activity/domain';
import type { Evidence } from './evidence.ts';
import { type Facts, nonceOf } from './facts.ts';
import { repeated } from './repeated.ts';
import type { Violation } from './violation.ts';

/** Finds activities on the log or in the store that no client sent, and activities that are stored more than once. */
export function misplaced({ records, stored, written }: Evidence, facts: Facts): Violation[] {
  const violations: Violation[] = [];
  const mustBeSent = (activity: ActivityJson | undefined, subject: string, where: string): void => {
    const sent = activity === undefined ? 'foreign' : facts.wasSent(activity);
    if (sent !== 'sent')
      violations.push({ kind: sent, subject, detail: `${where}, and no client sent it with this content` });
  };
  for (const record of records) if (!record.poison) mustBeSent(record.activity, record.origin, 'on the log');
  for (const activity of stored) mustBeSent(activity, activity.id, 'stored');
  for (const id of repeated(stored.map((activity) => activity.id)))
    violations.push({ kind: 'doubled', subject: id, detail: 'listed twice' });
  for (const nonce of repeated(stored.map((activity) => nonceOf(activity) ?? '')))
    violations.push({ kind: 'doubled', subject: nonce, detail: 'stored under two ids' });
  for (const id of repeated(written))
    violations.push({ kind: 'doubled', subject: id, detail: 'written twice' });
  const [listedIds, writtenIds] = [new Set(stored.map(({ id }) => id)), new Set(written)];
  for (const id of listedIds)
    if (!writtenIds.has(id))
      violations.push({ kind: 'unbalanced', subject: id, detail: 'listed, but never written' });
  for (const id of writtenIds)
    if (!listedIds.has(id))
      violations.push({ kind: 'unbalanced', subject: id, detail: 'written, but not listed' });
  return violations;
}
