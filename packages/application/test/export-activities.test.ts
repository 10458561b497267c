import { MemoryActivityRepository, MemoryStore } from '@user-activity/adapter-memory';
import {
  type ActivityPage,
  type ActivityQuery,
  type ActivityRepository,
  DomainError,
  type Order,
  type StoredActivity,
} from '@user-activity/domain';
import { filterOf, sampleActivities } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import {
  type ExportedPages,
  type ExportReadOptions,
  makeExportActivities,
} from '../src/querying/export-activities.ts';

const filter = filterOf();
const read = (query: () => Promise<ActivityPage>): Promise<ActivityPage> => query();

/** Counts the queries of a repository, and lets one of them fail. */
function counting(repository: ActivityRepository, failing?: number) {
  const queries: ActivityQuery[] = [];
  return {
    queries,
    repository: Object.assign(Object.create(repository) as ActivityRepository, {
      async find(query: ActivityQuery) {
        queries.push(query);
        if (queries.length === failing) throw new DomainError('STORE_TIMEOUT', 'The query took too long.');
        return repository.find(query);
      },
    }),
  };
}

async function setUp(count: number, failing?: number) {
  const repository = new MemoryActivityRepository(new MemoryStore());
  const activities = sampleActivities(count);
  await repository.save(activities);
  const counted = counting(repository, failing);
  const exported = makeExportActivities(counted);
  const pagesOf = (question: Partial<ExportReadOptions> = {}) =>
    exported({ filter, order: 'asc', run: read, ...question });
  return { ids: idsOf(activities), activities, pagesOf, queries: counted.queries };
}

const idsOf = (activities: readonly Pick<StoredActivity, 'id'>[]): readonly string[] =>
  activities.map(({ id }) => id);

async function all(pages: ExportedPages): Promise<(readonly StoredActivity[])[]> {
  const taken: (readonly StoredActivity[])[] = [];
  for await (const page of pages) taken.push(page);
  return taken;
}

const idsIn = (pages: readonly (readonly StoredActivity[])[]): readonly string[] => pages.flatMap(idsOf);

test.each<Order>(['asc', 'desc'])(
  'returns everything in order %s, with one query for each page',
  async (order) => {
    const { ids, pagesOf, queries } = await setUp(234);
    const pages = await all(await pagesOf({ order }));
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 34]);
    expect(idsIn(pages)).toEqual(order === 'asc' ? ids : ids.toReversed());
    expect(queries).toHaveLength(3);
  },
);

test('a page is read only when it is requested', async () => {
  const { pagesOf, queries } = await setUp(400);
  const pages = (await pagesOf())[Symbol.asyncIterator]();
  expect(queries).toHaveLength(1);
  await pages.next();
  expect(queries).toHaveLength(1);
  await pages.next();
  expect(queries).toHaveLength(2);
  await pages.return?.();
  expect(await pages.next()).toEqual({ done: true, value: undefined });
  expect(queries).toHaveLength(2);
});

test('begins after a position that no activity has', async () => {
  const { ids, activities, pagesOf } = await setUp(4);
  const [, second] = activities;
  if (second === undefined) throw new Error('There are four.');
  for (const [id, expected] of [
    [second.id, ids.slice(2)],
    ['~', ids.slice(2)],
    ['!', ids.slice(1)],
  ] as const) {
    const after = { createdAt: second.createdAt, id: id as typeof second.id };
    expect(idsIn(await all(await pagesOf({ after })))).toEqual(expected);
  }
});

test('without a match there is one empty page', async () => {
  const { pagesOf, queries } = await setUp(3);
  expect(await all(await pagesOf({ filter: filterOf({ userIds: ['nobody'] }) }))).toEqual([[]]);
  expect(queries).toHaveLength(1);
});

test('an error for the first page is thrown at once, with a hint', async () => {
  const { pagesOf } = await setUp(3, 1);
  await expect(pagesOf()).rejects.toMatchObject({
    code: 'STORE_TIMEOUT',
    message: expect.stringMatching(/^The query took too long\. To narrow the query, add "userId"/) as unknown,
  });
});

test('an error for a later page is thrown when that page is requested', async () => {
  const { pagesOf } = await setUp(200, 2);
  const seen: number[] = [];
  const walk = async (): Promise<void> => {
    for await (const page of await pagesOf()) seen.push(page.length);
  };
  await expect(walk()).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
  expect(seen).toEqual([100]);
});

test('every read goes through `run`', async () => {
  const { pagesOf, queries } = await setUp(234);
  let runs = 0;
  const run: ExportReadOptions['run'] = async (query) => {
    runs += 1;
    return query();
  };
  await all(await pagesOf({ run }));
  expect([runs, queries.length]).toEqual([3, 3]);
});
