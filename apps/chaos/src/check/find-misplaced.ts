import type { ActivityJson } from '@user-activity/domain';
import type { Evidence } from './evidence.ts';
import { type FactIndex, nonceOf } from './fact-index.ts';
import { findRepeated } from './find-repeated.ts';
import type { Violation } from './violation.ts';

/** Returns a violation for each activity on the log or in the store that no client sent, and for each that is stored more than once. */
export function findMisplaced({ records, stored, written }: Evidence, facts: FactIndex): Violation[] {
  const violations: Violation[] = [];
  const mustBeSent = (activity: ActivityJson | undefined, subject: string, where: string): void => {
    const finding = activity === undefined ? 'foreign' : facts.howSent(activity);
    if (finding !== 'sent')
      violations.push({
        kind: finding,
        subject,
        detail: `${where}, but no client sent an activity with this id and content`,
      });
  };
  for (const record of records) if (!record.poison) mustBeSent(record.activity, record.origin, 'on the log');
  for (const activity of stored) mustBeSent(activity, activity.id, 'stored');
  for (const id of findRepeated(stored.map((activity) => activity.id)))
    violations.push({ kind: 'doubled', subject: id, detail: 'the API lists this activity twice' });
  for (const nonce of findRepeated(stored.map((activity) => nonceOf(activity) ?? '')))
    violations.push({ kind: 'doubled', subject: nonce, detail: 'this fact is stored under two ids' });
  for (const id of findRepeated(written))
    violations.push({ kind: 'doubled', subject: id, detail: 'the oplog has two writes of this activity' });
  const [listedIds, writtenIds] = [new Set(stored.map(({ id }) => id)), new Set(written)];
  for (const id of listedIds)
    if (!writtenIds.has(id))
      violations.push({
        kind: 'unbalanced',
        subject: id,
        detail: 'the API lists this activity, but the oplog has no write of it',
      });
  for (const id of writtenIds)
    if (!listedIds.has(id))
      violations.push({
        kind: 'unbalanced',
        subject: id,
        detail: 'the oplog has a write of this activity, but the API does not list it',
      });
  return violations;
}
