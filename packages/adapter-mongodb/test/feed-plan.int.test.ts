import {
  ActivityFilter,
  ActivityType,
  FeedPosition,
  FeedQuery,
  LogId,
  maxExamined,
  MetadataCondition,
  ProjectId,
  TimeRange,
  Timestamp,
  UserId,
} from '@user-activity/domain';
import { filterOf, sampleActivities } from '@user-activity/port-contracts';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { type ClientSession, type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  MongoActivityFeed,
  MongoActivityRepository,
  MongoSettledOffsets,
  type MongoStore,
} from '../src/index.ts';
import { explained } from './explained.ts';
import { freshStore } from './mongo-subjects.ts';

const log = LogId.parse('log-1');
const project = ProjectId.default;
const [busy, quiet] = [maxExamined + 1000, 100];

let fixture: Awaited<ReturnType<typeof freshStore>>;
let client: MongoClient;
beforeAll(async () => {
  fixture = await freshStore();
  client = await MongoClient.connect(mongodbUri());
  const repository = new MongoActivityRepository(fixture.store);
  const settled = new MongoSettledOffsets(fixture.store);
  const others = { project: ProjectId.parse('shop') };
  for (const [partition, count] of [busy, quiet].entries())
    for (let from = 0; from < count; from += 1000) {
      const size = Math.min(1000, count - from);
      const originsIn = (id: LogId) =>
        Array.from({ length: size }, (_, index) => ({ log: id, partition, offset: from + index }));
      // No page may read the activities of another project or another log.
      await repository.save(sampleActivities(size), originsIn(log));
      await repository.save(sampleActivities(size, others), originsIn(log));
      await repository.save(sampleActivities(size), originsIn(LogId.parse('log-2')));
    }
  await settled.begin(log, [busy, quiet]);
});
afterAll(async () => {
  await client.close();
  await fixture.close();
});

/** Reads a page. Returns the commands that it took, each with its explanation. */
async function commandsOf(query: FeedQuery) {
  const commands: Document[] = [];
  const { store, database } = fixture;
  const observed = Object.create(store, {
    // The store does this with a private field.
    inSession: { value: store.inSession.bind(store) },
    readPrimary: {
      value(command: Document, session?: ClientSession) {
        commands.push(command);
        return store.readPrimary(command, session);
      },
    },
  }) as MongoStore;
  const page = await new MongoActivityFeed(observed).read(query);
  const explanations = [];
  for (const command of commands) {
    const explain = (verbosity: string) => client.db(database).command({ explain: command, verbosity });
    explanations.push({ isBoundary: 'skip' in command, ...(await explained({ explain })) });
  }
  return { page, explanations };
}

type Explanations = Awaited<ReturnType<typeof commandsOf>>['explanations'];

const sumOf = (explanations: Explanations, count: 'examined' | 'keys'): number =>
  explanations.reduce((sum, explanation) => sum + explanation[count], 0);

function expectOneRangeOfTheIndex(explanations: Explanations): void {
  expect(explanations.length).toBeGreaterThan(0);
  for (const { plan } of explanations) {
    expect(plan).toContain('"indexName":"project_1_origin.log_1_origin.partition_1_origin.offset_1"');
    expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
  }
}

const start = FeedPosition.start(log);

test.each([
  [1, start],
  [50, start],
  [500, start],
  [150, { ...start, turn: 1 }],
  [500, { ...start, offsets: [busy - 10, quiet - 5] }],
])(
  'a page of at most %d activities without a filter examines its own documents only: %j',
  async (limit, position) => {
    const { page, explanations } = await commandsOf(FeedQuery.of({ filter: filterOf(), position, limit }));
    expectOneRangeOfTheIndex(explanations);
    expect(page.activities.length).toBeGreaterThan(0);
    expect(sumOf(explanations, 'examined')).toBe(page.activities.length);
    expect(sumOf(explanations, 'keys')).toBeLessThanOrEqual(page.activities.length + explanations.length);
  },
);

const from = Timestamp.parse('2030-01-01T00:00:00Z');
const metadata = [{ path: ['no'], scalars: MetadataCondition.scalarsOf(['such']) }];
const user = [UserId.parse('nobody')];
describe.each([
  ['of a user', filterOf({ userIds: user })],
  ['of a type', filterOf({ types: [ActivityType.parse('RARE')] })],
  ['since a time', filterOf({ createdAt: TimeRange.between(from, undefined) })],
  ['by metadata', ActivityFilter.ofFeed({ project, metadata })],
  [
    'of a user, since a time, by metadata',
    filterOf({ userIds: user, createdAt: TimeRange.between(from, undefined), metadata }),
  ],
])('a page %s that finds nothing', (_, filter) => {
  test('examines 5,000 documents, and only keys to find where these end', async () => {
    const { page, explanations } = await commandsOf(FeedQuery.of({ filter, position: start }));
    expect(page).toMatchObject({ activities: [], position: { offsets: [maxExamined, 0] }, hasMore: true });
    expectOneRangeOfTheIndex(explanations);
    const [boundary, found, ...others] = explanations;
    expect(others).toEqual([]);
    expect(boundary).toMatchObject({ isBoundary: true, examined: 0 });
    expect(boundary?.plan).not.toContain('FETCH');
    expect(boundary?.keys).toBeLessThanOrEqual(maxExamined + 1);
    expect(found).toMatchObject({ isBoundary: false });
    expect(found?.examined).toBeLessThanOrEqual(maxExamined);
    expect(found?.keys).toBeLessThanOrEqual(maxExamined + 1);
  });

  test('does not look for this end if fewer than 5,000 offsets remain', async () => {
    const position = { ...start, offsets: [maxExamined, 0] };
    const { page, explanations } = await commandsOf(FeedQuery.of({ filter, position }));
    expect(page).toMatchObject({ activities: [], position: { offsets: [busy, quiet] }, hasMore: false });
    expectOneRangeOfTheIndex(explanations);
    expect(explanations.map(({ isBoundary }) => isBoundary)).toEqual([false, false]);
    expect(sumOf(explanations, 'examined')).toBeLessThanOrEqual(busy - maxExamined + quiet);
  });
});
