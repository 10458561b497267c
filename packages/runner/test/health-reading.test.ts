import { expect, test } from 'vitest';
import { healthReading, type ReadMetrics } from '../src/index.ts';

const reading = (metrics: Awaited<ReturnType<ReadMetrics>>) => healthReading(async () => metrics)();

test('adds up the series of each metric', async () => {
  const outcome = (name: string, value: number) => ({ attributes: { 'user_activity.outcome': name }, value });
  const storedAfter = { boundaries: [1, 2], counts: [3, 0, 1] };
  expect(
    await reading(
      new Map([
        ['user_activity.activities.accepted', [{ attributes: {}, value: 9 }]],
        ['user_activity.consumer.outcomes', [outcome('stored', 5), outcome('duplicate', 3)]],
        [
          'user_activity.dead_letters',
          [
            { attributes: { code: 'conflict' }, value: 1 },
            { attributes: { code: 'refused' }, value: 2 },
          ],
        ],
        [
          'user_activity.consumer.lag',
          [
            { attributes: { partition: '0' }, value: 4 },
            { attributes: { partition: '1' }, value: 6 },
          ],
        ],
        ['user_activity.accepted_to_stored.duration', [{ attributes: {}, value: storedAfter }]],
      ]),
    ),
  ).toEqual({ accepted: 9, stored: 5, deadLettered: 3, lag: 10, storedAfter });
});

test('a process without a consumer has the numbers of the group', async () => {
  const group = new Map([
    ['user_activity.group.lag', [{ attributes: {}, value: 4 }]],
    ['user_activity.group.handled', [{ attributes: {}, value: 96 }]],
  ]);
  expect(await reading(group)).toEqual({ handled: 96, lag: 4 });
});

test('what is not measured is undefined', async () => {
  expect(await reading(new Map())).toEqual({});
});
