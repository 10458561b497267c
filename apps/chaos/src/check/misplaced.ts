import type { ActivityJson } from '@user-activity/domain';
import type { Evidence } from './evidence.ts';
import { type Facts, nonceOf } from './facts.ts';
import { repeated } from './repeated.ts';
import type { Violation } from './violation.ts';

/** Finds activities on the log or in the store that no client sent, and activities that are stored more than once. */
export function misplaced({ records, stored, written }: Evidence, facts: Facts): Violation[] {
  const violations: Violation[] = [];
  const mustBeSent = (activity: ActivityJson | undefined, subject: string, where: string): void => {
    const finding = activity === undefined ? 'foreign' : facts.wasSent(activity);
    if (finding !== 'sent')
      violations.push({
        kind: finding,
        subject,
        detail: `${where}, but no client sent an activity with this id and content`,
      });
  };
  for (const record of records) if (!record.poison) mustBeSent(record.activity, record.origin, 'on the log');
  for (const activity of stored) mustBeSent(activity, activity.id, 'stored');
  for (const id of repeated(stored.map((activity) => activity.id)))
    violations.push({ kind: 'doubled', subject: id, detail: 'the API lists it twice' });
  for (const nonce of repeated(stored.map((activity) => nonceOf(activity) ?? '')))
    violations.push({ kind: 'doubled', subject: nonce, detail: 'stored under two ids' });
  for (const id of repeated(written))
    violations.push({ kind: 'doubled', subject: id, detail: 'the oplog has two writes of it' });
  const [listedIds, writtenIds] = [new Set(stored.map(({ id }) => id)), new Set(written)];
  for (const id of listedIds)
    if (!writtenIds.has(id))
      violations.push({
        kind: 'unbalanced',
        subject: id,
        detail: 'the API lists it, but the oplog has no write of it',
      });
  for (const id of writtenIds)
    if (!listedIds.has(id))
      violations.push({
        kind: 'unbalanced',
        subject: id,
        detail: 'the oplog has a write of it, but the API does not list it',
      });
  return violations;
}
