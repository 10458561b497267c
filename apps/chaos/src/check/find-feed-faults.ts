import type { ActivityJson } from '@user-activity/domain';
import type { ReceivedFeed } from '../load/followers.ts';
import type { Evidence, LoggedRecord } from './evidence.ts';
import { type FactIndex, nonceOf } from './fact-index.ts';
import { findRepeated } from './find-repeated.ts';
import type { Violation } from './violation.ts';

/** Returns a violation for each activity that a follower of the feed missed, received twice, or received in a different order than on the log. */
export const findFeedFaults = (evidence: Evidence, facts: FactIndex): Violation[] =>
  evidence.feeds.flatMap((feed) => [...findIncomplete(feed, evidence), ...findOutOfOrder(feed, facts)]);

function findIncomplete(feed: ReceivedFeed, { stored, records, isRestored }: Evidence): Violation[] {
  const [factsInFeed, storedFacts] = [new Set(feed.map(factOf)), new Set(stored.map(factOf))];
  const partitionsOf = (id: string): number =>
    new Set(records.flatMap(({ activity, partition }) => (activity?.id === id ? partition : []))).size;
  // Two facts with one id may be on different partitions. Then the store may hold one before a restore, and the other after it.
  const isReplaced = ({ id }: ActivityJson): boolean =>
    isRestored && feed.some((activity) => activity.id === id) && partitionsOf(id) > 1;
  const violations: Violation[] = [];
  for (const activity of stored)
    if (!factsInFeed.has(factOf(activity)) && !isReplaced(activity))
      violations.push({ kind: 'lost', subject: activity.id, detail: 'stored, but never in the feed' });
  for (const fact of findRepeated(feed.map(factOf)))
    violations.push({ kind: 'doubled', subject: fact, detail: 'the feed has this fact twice' });
  for (const activity of isRestored ? [] : feed)
    if (!storedFacts.has(factOf(activity)))
      violations.push({ kind: 'foreign', subject: activity.id, detail: 'in the feed, but not stored' });
  return violations;
}

function findOutOfOrder(feed: ReceivedFeed, facts: FactIndex): Violation[] {
  const latest = new Map<number, LoggedRecord>();
  return feed.flatMap((activity): Violation[] => {
    const record = facts.records
      .get(nonceOf(activity) ?? '')
      ?.find((candidate) => candidate.activity?.id === activity.id);
    if (record === undefined) return [];
    const { partition, offset } = record;
    const before = latest.get(partition);
    latest.set(partition, record);
    return before === undefined || before.offset <= offset
      ? []
      : [
          {
            kind: 'swapped',
            subject: activity.id,
            detail: `the feed has its record, at offset ${offset} of partition ${partition}, after the record at offset ${before.offset}`,
          },
        ];
  });
}

const factOf = (activity: ActivityJson): string => `${activity.id} ${nonceOf(activity) ?? ''}`;
