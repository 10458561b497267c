import {
  type ActivityFilter,
  ActivityQuery,
  ActivityType,
  MetadataCondition,
  ProjectId,
  TimeRange,
  Timestamp,
  UserId,
} from '@user-activity/domain';
import { filterOf, sampleActivity } from '@user-activity/port-contracts';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryMatchingCount } from '../src/count-matching.ts';
import { MongoActivityRepository } from '../src/index.ts';
import { findCommand, splitFilter, scansFor } from '../src/page-scans.ts';
import { explained } from './explained.ts';
import type { MongoStore } from '../src/mongo-store.ts';
import { freshStore } from './mongo-subjects.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');
const limit = 10;
const users = ['user-1', 'user-2', 'user-3'].map((user) => UserId.parse(user));
const types = ['TYPE_1', 'TYPE_2', 'TYPE_3'].map((type) => ActivityType.parse(type));

const [own, ...otherProjects] = ['default', 'a', 'z'].map((name) => ProjectId.parse(name));

// Twenty activities share each time.
const activitiesOf = (project = ProjectId.default) =>
  Array.from({ length: 1080 }, (_, index) =>
    sampleActivity({
      project,
      userId: users[index % 3] ?? '',
      type: types[Math.floor(index / 3) % 3] ?? '',
      metadata: { device: { os: index % 2 === 0 ? 'ios' : 'android' } },
      createdAt: start + Math.floor(index / 20) * 5000,
    }),
  );
const activities = activitiesOf(own);

let fixture: Awaited<ReturnType<typeof freshStore>>;
let repository: MongoActivityRepository;
let client: MongoClient;
beforeAll(async () => {
  fixture = await freshStore();
  client = await MongoClient.connect(mongodbUri());
  repository = new MongoActivityRepository(fixture.store);
  await repository.save(activities);
  // The activities of other projects have the same users and types at the same times. No query may read them.
  for (const project of otherProjects) await repository.save(activitiesOf(project));
});
afterAll(async () => {
  await client.close();
  await fixture.close();
});

function twenty<Value>(name: string, parse: (raw: unknown) => Value): readonly Value[] {
  return Array.from({ length: 20 }, (_, index) => parse(`${name}-${index + 1}`));
}

/** How many ranges MongoDB merges. A query with more is sent in parts. */
const maxMerged = 200;

/** Filters by user and type. MongoDB merges one sorted range for each pair of these, and examines the first key of each range. */
const subjects: readonly (readonly [string, Partial<ActivityFilter>, ranges: number])[] = [
  ['all', {}, 1],
  ['a user', { userIds: users.slice(0, 1) }, 1],
  ['two users', { userIds: users.slice(0, 2) }, 2],
  ['a type', { types: types.slice(0, 1) }, 1],
  ['two types', { types: types.slice(0, 2) }, 2],
  ['a user and a type', { userIds: users.slice(0, 1), types: types.slice(0, 1) }, 1],
  ['two users and two types', { userIds: users.slice(0, 2), types: types.slice(0, 2) }, 4],
  [
    'the maximum number of users and types',
    { userIds: twenty('user', UserId.parse), types: twenty('TYPE', ActivityType.parse) },
    400,
  ],
];

const [from, to] = [Timestamp.fromMillis(start + 20_000), Timestamp.fromMillis(start + 200_000)];
const times: readonly (readonly [string, TimeRange])[] = [
  ['at any time', TimeRange.between(undefined, undefined)],
  ['from a time', TimeRange.between(from, undefined)],
  ['before a time', TimeRange.between(undefined, to)],
  ['within a time range', TimeRange.between(from, to)],
];

// The query for null differs from those for other values.
const conditions = [['ios'], ['ios', 'null']].map((texts) => ({
  path: ['device', 'os'],
  scalars: MetadataCondition.scalarsOf(texts),
}));
const filters = subjects.flatMap(([name, given, ranges]) =>
  times.flatMap(([when, createdAt]) => {
    const filter = filterOf({ ...given, createdAt });
    const bound = filter.userIds.length > 0 || createdAt.from !== undefined;
    const plain = { name: `${name}, ${when}`, filter, ranges };
    const searched = {
      ...plain,
      name: `${plain.name}, by metadata`,
      filter: bound ? filter.with({ metadata: conditions }) : filter,
    };
    return bound ? [plain, searched] : [plain];
  }),
);

/** Explains a command as a cursor does. */
const explainer = (command: Document) => ({
  explain: (verbosity: string) => client.db(fixture.database).command({ explain: command, verbosity }),
});

/** Returns how many activities MongoDB may examine: those within the user or the time range. */
const within = (filter: ActivityFilter): number =>
  activities.filter(
    ({ userId, type, createdAt }) =>
      (filter.userIds.length === 0 || filter.userIds.includes(userId)) &&
      (filter.types.length === 0 || filter.types.includes(type)) &&
      filter.createdAt.holds(createdAt),
  ).length;

describe.each(filters)('activities of $name', ({ filter, ranges }) => {
  const isSearch = filter.metadata.length > 0;
  const heads = Math.min(ranges, maxMerged);

  test.each(['desc', 'asc'] as const)(
    'two consecutive pages examine little more than their own documents: %s',
    async (order) => {
      const first = ActivityQuery.of({ filter, order, limit });
      const { activities: shown } = await repository.find(first);
      expect(shown).toHaveLength(limit);
      for (const query of [first, first.with({ after: shown.at(-1) })]) {
        const commands = splitFilter(query.filter).flatMap((part) =>
          scansFor(query.with({ filter: part })).map((scan) => findCommand(part, scan, limit + 1, 10_000)),
        );
        expect(commands.length).toBeGreaterThan(0);
        for (const command of commands) {
          const { plan, examined, keys } = await explained(explainer(command));
          expect(plan).toContain('IXSCAN');
          expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
          expect(examined).toBeLessThanOrEqual(isSearch ? within(filter) : limit + heads);
          expect(keys).toBeLessThanOrEqual((isSearch ? within(filter) : limit) + 2 * heads);
        }
      }
    },
  );

  test('a count examines the keys of its activities, and documents only for metadata', async () => {
    const { plan, examined, keys } = await explained(queryMatchingCount(fixture.store, filter));
    expect(plan).toMatch(/IXSCAN|COUNT_SCAN|ixscan/);
    expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
    expect(examined).toBeLessThanOrEqual(isSearch ? within(filter) : 0);
    expect(keys).toBeLessThanOrEqual(within(filter) + 2 * ranges);
  });
});

test.each([
  [50, 3],
  [500, 4],
])(
  'pages of %d activities of two users take few commands, wherever they begin',
  async (size, maxCommands) => {
    let commands = 0;
    const { readListed } = fixture.store;
    const counted = Object.create(fixture.store, {
      readListed: {
        value(command: Document) {
          commands += 1;
          return readListed(command);
        },
      },
    }) as MongoStore;
    const filter = filterOf({ userIds: users.slice(0, 2) });
    const walked: number[] = [];
    let query = ActivityQuery.of({ filter, limit: size });
    for (let after; walked.length === 0 || after !== undefined; query = query.with({ after })) {
      commands = 0;
      const page = await new MongoActivityRepository(counted).find(query);
      walked.push(page.activities.length);
      expect(commands).toBeLessThanOrEqual(maxCommands);
      after = page.hasMore ? page.activities.at(-1) : undefined;
    }
    // Some of these pages begin where no activity of the same time remains.
    expect(walked.reduce((sum, count) => sum + count, 0)).toBe(720);
  },
);
