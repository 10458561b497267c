import { ProjectId, RetentionDays, Timestamp } from '@user-activity/domain';
import { letterOf, sampleActivities } from '@user-activity/port-contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoDeadLetterRepository,
  MongoProjectRepository,
} from '../src/index.ts';
import { projectsWithActivities, projectsWithLetters } from '../src/read-projects.ts';
import { sizeOfOldest } from '../src/measure-activities.ts';
import { oldestActivities, activityRanges } from '../src/remove-activities.ts';
import { explained } from './explained.ts';
import { freshStore } from './mongo-subjects.ts';

const names = ['a', 'b', 'default', 'shop'].map((name) => ProjectId.parse(name));
const [first, second] = names as [ProjectId, ProjectId, ProjectId, ProjectId];

let fixture: Awaited<ReturnType<typeof freshStore>>;
let projects: MongoProjectRepository;
beforeAll(async () => {
  fixture = await freshStore();
  projects = new MongoProjectRepository(fixture.store);
  for (const [index, project] of names.entries()) {
    await new MongoActivityRepository(fixture.store).save(sampleActivities(500, { project }));
    const letters = Array.from({ length: 100 }, (_, offset) => letterOf(index * 1000 + offset, { project }));
    await new MongoDeadLetterQueue(fixture.store).add(letters);
  }
});
afterAll(() => fixture.close());

test.each([
  ['activities', () => projectsWithActivities(fixture.store, '', 10)],
  ['dead letters', () => projectsWithLetters(fixture.store, '', 10)],
])('the projects with %s are read with one step over the index for each', async (_, query) => {
  const { plan, examined, keys } = await explained(query());
  expect(plan).toContain('"DISTINCT_SCAN"');
  expect(examined).toBe(0);
  expect(keys).toBeLessThanOrEqual(names.length + 1);
  expect((await query().toArray()).map(({ _id }) => _id)).toEqual(names);
});

test('a removal by age reads only the keys that it removes', async () => {
  const removal = { project: second, createdBefore: undefined, receivedUpTo: undefined, after: undefined };
  const [range] = activityRanges(removal);
  if (range === undefined) throw new Error('There is no range.');
  expect(await explained(oldestActivities(fixture.store, removal, range, 100))).toMatchObject({
    examined: 0,
    keys: 100,
  });
});

test('a measurement reads only the activities of its portion, in the order of the index', async () => {
  const ranges = activityRanges({ project: second, createdBefore: undefined, after: undefined });
  const { next } = await projects.measureActivities({ project: second, after: undefined, limit: 10 });
  const following = activityRanges({ project: second, createdBefore: undefined, after: next });
  expect(following).toHaveLength(2);
  for (const range of [...ranges, ...following]) {
    const { plan, examined, keys } = await explained(
      sizeOfOldest(fixture.store, { project: second }, range, 100),
    );
    expect(plan).not.toContain('"SORT"');
    expect(examined).toBeLessThanOrEqual(100);
    expect(keys).toBeLessThanOrEqual(101);
  }
});

test('a removal of dead letters of one project leaves the others', async () => {
  expect(await projects.removeLetters(first, Timestamp.trusted(Number.MAX_SAFE_INTEGER / 2), 1000)).toBe(100);
  expect(await fixture.store.deadLetters.countDocuments()).toBe(300);
  const claim = { from: Timestamp.fromMillis(0), until: Timestamp.fromMillis(1000) };
  expect(await new MongoDeadLetterRepository(fixture.store).claimReplay(claim)).toBe('claimed');
});

test('expireAfter makes, changes and drops one TTL index, and leaves the other indexes', async () => {
  const indexes = async () =>
    (await fixture.store.activities.indexes()).map(({ name, expireAfterSeconds }) => [
      name,
      expireAfterSeconds,
    ]);
  const before = await indexes();
  for (const days of [30, 30, 7, 24_855]) {
    await projects.expireAfter(RetentionDays.parse(days));
    expect(await indexes()).toEqual([...before, ['createdAt_1', days * 86_400]]);
  }
  // MongoDB would count at most 2^31 - 1 seconds.
  await projects.expireAfter(RetentionDays.parse(24_856));
  expect(await indexes()).toEqual(before);
  await projects.expireAfter(RetentionDays.parse(1));
  await projects.expireAfter(undefined);
  await projects.expireAfter(undefined);
  expect(await indexes()).toEqual(before);
});

test('concurrent processes with the same days make one index', async () => {
  const days = RetentionDays.parse(30);
  await Promise.all(Array.from({ length: 4 }, () => projects.expireAfter(days)));
  expect(
    (await fixture.store.activities.indexes()).filter(({ name }) => name === 'createdAt_1'),
  ).toHaveLength(1);
  await Promise.all(Array.from({ length: 2 }, () => projects.expireAfter(days)));
  await projects.expireAfter(undefined);
});

test.each([
  ['the same key', { createdAt: 1 }, {}],
  ['the same key and another name', { createdAt: 1 }, { name: 'mine' }],
  ['the same key and a time of its own', { createdAt: 1 }, { name: 'mine', expireAfterSeconds: 9_000_000 }],
  ['the same key, for some documents', { createdAt: 1 }, { partialFilterExpression: { userId: 'x' } }],
  ['the same name', { createdAt: -1 }, { name: 'createdAt_1', expireAfterSeconds: 9_000_000 }],
] as const)('expireAfter leaves the index of an operator with %s as it is', async (_, key, options) => {
  const { activities } = fixture.store;
  const [name = ''] = await activities.createIndexes([{ key: { ...key }, ...options }]);
  const before = await activities.indexes();
  for (const days of [RetentionDays.parse(30), RetentionDays.parse(7), undefined]) {
    await projects.expireAfter(days);
    expect(await activities.indexes()).toEqual(before);
  }
  await activities.dropIndex(name);
});
