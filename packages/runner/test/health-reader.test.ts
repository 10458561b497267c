import type { PartitionProgress } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { healthReader, type LagSource, type ReadMetrics } from '../src/index.ts';

const reading = (metrics: ReturnType<ReadMetrics>, source?: LagSource) =>
  healthReader(
    () => metrics,
    () => source,
  )();

const partition = (committed: number, end: number): PartitionProgress => ({
  partition: 0,
  oldest: 0,
  committed,
  end,
  isMarked: false,
});
const lagSource = (of: LagSource['of'], ...partitions: readonly PartitionProgress[]): LagSource => ({
  of,
  read: async () => partitions,
});

test('adds up the series of each metric', async () => {
  const outcome = (name: string, value: number) => ({ attributes: { 'user_activity.outcome': name }, value });
  const storedAfter = { boundaries: [1, 2], counts: [3, 0, 1] };
  const metrics = new Map([
    ['user_activity.activities.accepted', [{ attributes: {}, value: 9 }]],
    ['user_activity.consumer.outcomes', [outcome('stored', 5), outcome('duplicate', 3)]],
    [
      'user_activity.dead_letters',
      [
        { attributes: { code: 'conflict' }, value: 1 },
        { attributes: { code: 'refused' }, value: 2 },
      ],
    ],
    ['user_activity.accepted_to_stored.duration', [{ attributes: {}, value: storedAfter }]],
  ]);
  expect(await reading(metrics)).toEqual({ accepted: 9, stored: 5, deadLettered: 3, storedAfter });
});

test('the lag is that of the process itself or of the whole group, and for the group the handled records are returned too', async () => {
  const partitions = [partition(5, 7), partition(10, 9)];
  expect(await reading(new Map(), lagSource('member', ...partitions))).toEqual({ lag: 2 });
  expect(await reading(new Map(), lagSource('group', ...partitions))).toEqual({ lag: 2, handled: 15 });
  // The log does not answer.
  expect(await reading(new Map(), lagSource('group'))).toEqual({});
});

test('what is not measured is undefined', async () => {
  expect(await reading(new Map())).toEqual({});
});
