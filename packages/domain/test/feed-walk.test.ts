import { filterOf } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FeedPage, FeedPosition, FeedQuery, maxExamined, maxPageBytes, walkFeed } from '../src/index.ts';
import { type Entry, feedStore, log, matchesBetween } from './feed-store.ts';

const idsOf = ({ activities }: Pick<FeedPage, 'activities'>): readonly string[] =>
  activities.map(({ id }) => id);

const start = FeedPosition.start(log);
const queryFrom = (position: FeedPosition, limit?: number): FeedQuery =>
  FeedQuery.of({ filter: filterOf(), position, limit });

/** Makes an entry at each of these offsets. All of them match the filter. */
const entriesAt = (...offsets: readonly number[]): readonly Entry[] =>
  offsets.map((offset) => ({ offset, isMatch: true }));
const entriesUpTo = (count: number): readonly Entry[] => entriesAt(...Array.from({ length: count }).keys());

const anyEntries = fc
  .uniqueArray(fc.record({ offset: fc.nat(200), isMatch: fc.boolean() }), {
    selector: ({ offset }) => offset,
    maxLength: 60,
    size: 'max',
  })
  .map((entries) => entries.toSorted((left, right) => left.offset - right.offset));
const anyOffsets = fc.array(fc.nat(220), { maxLength: 6 });

describe('a walk', () => {
  const anyWalk = fc.record({
    partitions: fc.array(anyEntries, { maxLength: 5 }),
    settled: anyOffsets,
    /** The numbers by which the settled offsets are raised before each further page. */
    raises: fc.array(fc.nat(30), { minLength: 1, maxLength: 7 }),
    offsets: anyOffsets,
    turn: fc.nat(8),
    limits: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
    weight: fc.constantFrom(0, 1, 400, maxExamined),
  });

  test('returns all matching activities that are settled after its position, page by page', async () => {
    const property = fc.asyncProperty(anyWalk, async (walk) => {
      const { partitions, raises, limits, weight } = walk;
      const { readPortion } = feedStore(partitions, weight);
      let { settled } = walk;
      let position: FeedPosition = { log, offsets: walk.offsets, turn: walk.turn };
      const found: string[] = [];
      for (let pages = 0, hasMore = true; hasMore || pages < 5; pages += 1) {
        const query = queryFrom(position, limits[pages % limits.length]);
        const page = await walkFeed(query, settled, readPortion);
        expect(page.start).toBe(position);
        expect(page.activities.length).toBeLessThanOrEqual(query.limit);
        // The page has exactly the matching activities between its two positions.
        const between = matchesBetween(partitions, position, page.position.offsets);
        expect(idsOf(page).toSorted()).toEqual(between.toSorted());
        expect(page.position.offsets).toHaveLength(Math.max(settled.length, position.offsets.length));
        for (const [index, offset] of page.position.offsets.entries()) {
          const before = position.offsets[index] ?? 0;
          expect(offset).toBeGreaterThanOrEqual(before);
          expect(offset).toBeLessThanOrEqual(Math.max(before, settled[index] ?? 0));
        }
        expect(page.hasMore).toBe(FeedPosition.isBefore(page.position, settled));
        const { offsets } = position;
        const hasAdvanced = page.position.offsets.some((offset, index) => offset > (offsets[index] ?? 0));
        expect(hasAdvanced || !page.hasMore).toBe(true);
        found.push(...idsOf(page));
        ({ position, hasMore } = page);
        const raise = raises[pages % raises.length] ?? 0;
        if (pages < 4)
          settled = settled.map((offset, index) => (index % 2 === pages % 2 ? offset + raise : offset));
      }
      const expected = matchesBetween(partitions, walk, settled);
      expect(found.toSorted()).toEqual(expected.toSorted());
      for (const partition of partitions.keys())
        expect(found.filter((id) => id.startsWith(`p${partition}-`))).toEqual(
          expected.filter((id) => id.startsWith(`p${partition}-`)),
        );
      expect(position.offsets).toEqual(
        Array.from({ length: Math.max(settled.length, walk.offsets.length) }, (_, index) =>
          Math.max(settled[index] ?? 0, walk.offsets[index] ?? 0),
        ),
      );
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('can continue right after any activity', async () => {
    const property = fc.asyncProperty(
      anyWalk,
      fc.nat(30),
      async ({ partitions, settled, turn, weight }, cut) => {
        const { readPortion } = feedStore(partitions, weight);
        const page = await walkFeed(queryFrom({ ...start, turn }, 25), settled, readPortion);
        const seen = page.activities.slice(0, cut);
        let position = page.start;
        for (const { origin } of seen)
          if (origin !== undefined) position = FeedPosition.after(position, origin);
        const found = seen.map(({ id }) => String(id));
        for (let hasMore = true; hasMore; ) {
          const next = await walkFeed(queryFrom(position, 500), settled, readPortion);
          found.push(...idsOf(next));
          ({ position, hasMore } = next);
        }
        expect(found.toSorted()).toEqual(matchesBetween(partitions, start, settled).toSorted());
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});

describe('a page', () => {
  const partitions = [entriesAt(0, 5), entriesAt(1), entriesAt(2, 9)];

  test.each([
    ['0', 0, ['p0-0', 'p0-5', 'p1-1', 'p2-2', 'p2-9']],
    ['2', 2, ['p2-2', 'p2-9', 'p0-0', 'p0-5', 'p1-1']],
    ['beyond the number of partitions', 7, ['p1-1', 'p2-2', 'p2-9', 'p0-0', 'p0-5']],
  ])('begins with the partition of its turn: %s', async (_, turn, expected) => {
    const { readPortion } = feedStore(partitions);
    const page = await walkFeed(queryFrom({ ...start, turn }), [10, 10, 10], readPortion);
    expect(idsOf(page)).toEqual(expected);
    expect(page).toMatchObject({ position: { offsets: [10, 10, 10] }, hasMore: false });
  });

  test('that a busy partition fills is followed by a page that begins with the next partition', async () => {
    const { readPortion } = feedStore([entriesUpTo(100), entriesAt(0), entriesUpTo(100)]);
    const settled = [100, 1, 100];
    const first = await walkFeed(queryFrom(start, 10), settled, readPortion);
    expect(first.position).toEqual({ log, offsets: [10, 0, 0], turn: 1 });
    const second = await walkFeed(queryFrom(first.position, 10), settled, readPortion);
    expect(second.position).toEqual({ log, offsets: [10, 1, 9], turn: 0 });
  });

  test('keeps offsets of partitions without a settled offset, and offsets that are ahead of the settled ones', async () => {
    const { readPortion, queries } = feedStore(partitions);
    const position = { log, offsets: [8, 0, 9, 4], turn: 3 };
    const page = await walkFeed(queryFrom(position), [5, 2], readPortion);
    expect(idsOf(page)).toEqual(['p1-1']);
    expect(page.position).toEqual({ log, offsets: [8, 2, 9, 4], turn: 0 });
    expect(queries).toMatchObject([{ partition: 1, from: 0, to: 2 }]);
  });

  test('begins at offset 0 in partitions that are missing in its position', async () => {
    const { readPortion } = feedStore(partitions);
    const page = await walkFeed(queryFrom({ log, offsets: [3], turn: 0 }), [10, 10, 5], readPortion);
    expect(idsOf(page)).toEqual(['p0-5', 'p1-1', 'p2-2']);
    expect(page.position.offsets).toEqual([10, 10, 5]);
  });

  test.each([
    ['nothing is settled', [], { log, offsets: [3, 4], turn: 5 }],
    ['nothing more is settled', [3, 4], { log, offsets: [3, 4], turn: 1 }],
    ['it is ahead', [3, 4], { log, offsets: [3, 9], turn: 1 }],
  ])('stays where it is, without a query, if %s', async (_, settled, position) => {
    const { readPortion, queries } = feedStore(partitions);
    expect(await walkFeed(queryFrom(position), settled, readPortion)).toEqual({
      activities: [],
      start: position,
      position,
      hasMore: false,
    });
    expect(queries).toEqual([]);
  });
});

describe('a page ends', () => {
  test('after 250 queries, however many partitions there are', async () => {
    const { readPortion, queries } = feedStore([]);
    const settled = Array.from({ length: 1000 }, () => 10);
    let position: FeedPosition = { ...start, turn: 990 };
    for (const hasMore of [true, true, true, false]) {
      queries.length = 0;
      const page = await walkFeed(queryFrom(position), settled, readPortion);
      expect(queries).toHaveLength(250);
      expect(page).toMatchObject({ activities: [], hasMore });
      ({ position } = page);
    }
    expect(position.offsets).toEqual(settled);
  });

  test('after 5,000 examined entries, and no query asks for more entries than are left of these', async () => {
    const entries = Array.from({ length: 6000 }, (_, offset) => ({ offset, isMatch: offset >= 5500 }));
    const { readPortion, queries } = feedStore([entriesUpTo(30), entries]);
    const page = await walkFeed(queryFrom(start), [30, 6000], readPortion);
    expect(page.position).toEqual({ log, offsets: [30, maxExamined - 30], turn: 0 });
    expect(page).toMatchObject({ activities: { length: 30 }, hasMore: true });
    expect(queries.map((query) => query.maxExamined)).toEqual([maxExamined, maxExamined - 30]);
    const next = await walkFeed(queryFrom(page.position, 500), [30, 6000], readPortion);
    expect(next).toMatchObject({ activities: { length: 500 }, hasMore: false });
  });

  test('before the activity with which it would exceed 4 MiB', async () => {
    // The upper bound of one activity is 900 KiB.
    const { readPortion, queries } = feedStore([entriesUpTo(3), entriesUpTo(7)], 1, 'x'.repeat(300 * 1024));
    const found: string[] = [];
    const sizes: number[] = [];
    let position = start;
    for (let hasMore = true; hasMore; ) {
      const page = await walkFeed(queryFrom(position, 500), [3, 7], readPortion);
      const bytes = page.activities.reduce((sum, activity) => sum + activity.maxTextBytes(), 0);
      expect(bytes).toBeLessThanOrEqual(maxPageBytes);
      found.push(...idsOf(page));
      sizes.push(page.activities.length);
      ({ position, hasMore } = page);
    }
    expect(sizes).toEqual([4, 4, 2]);
    expect(new Set(found)).toHaveLength(10);
    // The first portion shows how large the activities are. So the next ones are small.
    expect(queries.map(({ max }) => max).slice(0, 3)).toEqual([64, 2, 64]);
  });

  test('after one activity that alone exceeds 4 MiB', async () => {
    const { readPortion } = feedStore([entriesUpTo(2)], 1, 'x'.repeat(2 * 1024 * 1024));
    const page = await walkFeed(queryFrom(start), [2], readPortion);
    expect(idsOf(page)).toEqual(['p0-0']);
    expect(page).toMatchObject({ position: { offsets: [1] }, hasMore: true });
  });
});

test('reading a page rejects if the store rejects a query', async () => {
  const failure = new Error('The store is out of reach.');
  await expect(walkFeed(queryFrom(start), [5], () => Promise.reject(failure))).rejects.toBe(failure);
});
