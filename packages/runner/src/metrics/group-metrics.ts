import type { GroupObserver } from '@user-activity/domain';
import { counter, gauge } from './meter.ts';

/** Makes an observer that measures a member's place in its consumer group. */
export function groupObserver(): GroupObserver {
  const [given, lost] = [{ 'user_activity.change': 'joined' }, { 'user_activity.change': 'left' }];
  const changes = counter(
    'user_activity.consumer.rebalances',
    '{rebalance}',
    'Partition assignments received, and group memberships lost',
    [given, lost],
  );
  let assigned = 0;
  let isMember = false;
  gauge(
    'user_activity.consumer.joined',
    '1',
    'Group membership: 1 while the member is in its group, 0 otherwise',
    () => Number(isMember),
  );
  gauge(
    'user_activity.consumer.partitions',
    '{partition}',
    'Partitions assigned to this member',
    () => assigned,
  );
  return {
    /** The member joined its group and was assigned this number of partitions. */
    joined(partitions: number): void {
      isMember = true;
      assigned = partitions;
      changes.add(1, given);
    },
    /** The member left its group. Its partitions go to others, and pending work is cancelled. */
    left(): void {
      isMember = false;
      assigned = 0;
      changes.add(1, lost);
    },
  };
}
