import type { GroupObserver } from '@user-activity/domain';
import { counter, gauge } from './meter.ts';

/** Makes an observer that measures whether a member is in its consumer group, and how many partitions it has. */
export function groupObserver(): GroupObserver {
  const joinedAttributes = { 'user_activity.change': 'joined' };
  const leftAttributes = { 'user_activity.change': 'left' };
  const changes = counter(
    'user_activity.consumer.rebalances',
    '{rebalance}',
    'Partition assignments received, and group memberships lost',
    [joinedAttributes, leftAttributes],
  );
  let assignedPartitions = 0;
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
    () => assignedPartitions,
  );
  return {
    joined(partitionCount) {
      isMember = true;
      assignedPartitions = partitionCount;
      changes.add(1, joinedAttributes);
    },
    left() {
      isMember = false;
      assignedPartitions = 0;
      changes.add(1, leftAttributes);
    },
  };
}
