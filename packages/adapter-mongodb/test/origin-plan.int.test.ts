import { LogId, type LogPosition, ProjectId } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MongoActivityRepository } from '../src/index.ts';
import { activitiesByOrigin } from '../src/indexes.ts';
import { explained } from './explained.ts';
import { freshStore } from './mongo-subjects.ts';

const [log, otherLog] = [LogId.parse('log-1'), LogId.parse('log-2')];
const partitions = 3;
const count = 300;
// Offsets on both sides of 2^31, where the driver changes from integers to doubles.
const firstOffset = 2 ** 31 - count / 2;

let fixture: Awaited<ReturnType<typeof freshStore>>;
beforeAll(async () => {
  fixture = await freshStore();
  const repository = new MongoActivityRepository(fixture.store);
  const project = ProjectId.parse('shop');
  for (const id of [log, otherLog]) {
    const originOf = (index: number): LogPosition => ({
      log: id,
      partition: index % partitions,
      offset: firstOffset + index,
    });
    const origins = Array.from({ length: count }, (_, index) => originOf(index));
    await repository.save(sampleActivities(count), origins);
    await repository.save(sampleActivities(count, { project }), origins);
  }
  // Like the activities of older versions.
  await repository.save(sampleActivities(count));
});
afterAll(() => fixture.close());

/** Queries the activities of a partition of the log after an offset, in order. */
const behind = (offset: number, limit: number) =>
  fixture.store.activities
    .find({
      project: 'default',
      'origin.log': log,
      'origin.partition': 1,
      'origin.offset': { $gt: offset },
    })
    .sort({ 'origin.offset': 1 })
    .limit(limit);

test.each([
  ['chosen by MongoDB', undefined],
  ['named', activitiesByOrigin.key],
] as const)('a query by origin examines its own documents only, with the index %s', async (_, hint) => {
  const query = behind(firstOffset + 100, 20);
  const { plan, examined, keys } = await explained(hint === undefined ? query : query.hint(hint));
  expect(plan).toContain('project_1_origin.log_1_origin.partition_1_origin.offset_1');
  expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
  expect(examined).toBe(20);
  expect(keys).toBeLessThanOrEqual(21);
});

test('offsets are exact and in order beyond 2^31', async () => {
  const origins = (await behind(2 ** 31 - 5, 1000).toArray()).map(({ origin }) => origin?.offset);
  const expected = Array.from({ length: count }, (_, index) => index)
    .filter((index) => index % partitions === 1)
    .map((index) => firstOffset + index)
    .filter((offset) => offset > 2 ** 31 - 5);
  expect(origins).toEqual(expected);
});

test('the index has no entry of an activity without an origin', async () => {
  const [stats] = await fixture.store.activities
    .aggregate<{ count: number }>(
      [{ $match: { project: 'default', 'origin.log': { $exists: true } } }, { $count: 'count' }],
      { hint: activitiesByOrigin.key },
    )
    .toArray();
  expect(stats?.count).toBe(2 * count);
});
