import type { GroupObserver } from '@user-activity/domain';
import { counter, meter } from './meter.ts';

/** Makes an observer that measures a member's place in its group. */
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
  const gauge = (name: string, unit: string, description: string, value: () => number): void =>
    meter()
      .createObservableGauge(`user_activity.consumer.${name}`, { unit, description })
      .addCallback((result) => result.observe(value()));
  gauge('joined', '1', 'Group membership: 1 while the member is in its group, 0 otherwise', () =>
    Number(isMember),
  );
  gauge('partitions', '{partition}', 'Partitions assigned to this member', () => assigned);
  return {
    joined(partitions) {
      isMember = true;
      assigned = partitions;
      changes.add(1, given);
    },
    left() {
      isMember = false;
      assigned = 0;
      changes.add(1, lost);
    },
  };
}
