import { activityLogged } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentEvents } from '../src/ports/recent-events.ts';

const events = (count: number) => sampleActivities(count).map(activityLogged);

test('a read returns the events from its offset on, up to its limit, even if several jobs added them', () => {
  const recent = new RecentEvents();
  const all = events(6);
  recent.add(all.slice(0, 2), 11, 2);
  recent.add(all.slice(2), 15, 4);
  expect(recent.from(10, 100)).toEqual(all);
  expect(recent.from(11, 3)).toEqual(all.slice(1, 4));
  expect(recent.from(15, 3)).toEqual(all.slice(5));
});

test('a read outside of the cached offsets returns nothing', () => {
  const recent = new RecentEvents();
  expect(recent.from(0, 10)).toEqual([]);
  recent.add(events(2), 11, 2);
  expect([9, 12, 13].map((offset) => recent.from(offset, 10))).toEqual([[], [], []]);
  recent.clear();
  expect(recent.from(10, 10)).toEqual([]);
});

test.each([
  ['after a gap, as a replay leaves it', 13],
  ['at an offset that was used before, as in an older copy of the file', 10],
])('events %s replace all older ones', (_, offset) => {
  const recent = new RecentEvents();
  recent.add(events(2), 11, 2);
  const [latest] = events(1);
  if (latest === undefined) throw new Error('There are too few.');
  recent.add([latest], offset, 1);
  expect(recent.from(offset, 10)).toEqual([latest]);
  expect([10, 11, 12].filter((candidate) => recent.from(candidate, 10).length > 0)).toEqual(
    offset === 10 ? [10] : [],
  );
});

test.each([
  ['events', 100, 1, 40],
  ['characters', 1, 1024 * 1024, 4],
])('if there are too many %s, the oldest events are dropped', (_, count, characters, kept) => {
  const recent = new RecentEvents();
  const added = events(count);
  for (let job = 1; job <= 50; job += 1) recent.add(added, job * count, characters);
  const oldest = (50 - kept) * count + 1;
  expect(recent.from(oldest - 1, 10_000)).toEqual([]);
  expect(recent.from(oldest, 10_000)).toHaveLength(kept * count);
});

test('events of one job that exceed a limit are not cached', () => {
  const recent = new RecentEvents();
  recent.add(events(1), 1, 5 * 1024 * 1024);
  expect(recent.from(1, 1)).toEqual([]);
  recent.add(events(1), 2, 1);
  expect(recent.from(2, 1)).toHaveLength(1);
});

test('a read returns the same events as a plain list of the log, whatever was added', () => {
  const pool = events(20);
  const job = fc.record({ count: fc.integer({ min: 1, max: 20 }), skipped: fc.constantFrom(0, 0, 0, 1, 7) });
  fc.assert(
    fc.property(
      fc.array(job, { maxLength: 12 }),
      fc.nat(150),
      fc.integer({ min: 1, max: 30 }),
      (jobs, offset, limit) => {
        const recent = new RecentEvents();
        const log = new Map<number, (typeof pool)[number]>();
        let last = 0;
        for (const { count, skipped } of jobs) {
          if (skipped > 0) log.clear();
          const added = pool.slice(0, count);
          for (const [index, event] of added.entries()) log.set(last + skipped + 1 + index, event);
          last += skipped + count;
          recent.add(added, last, count);
        }
        const expected: typeof pool = [];
        for (let at = offset; log.has(at) && expected.length < limit; at += 1)
          expected.push(...[log.get(at)].filter((event) => event !== undefined));
        expect(recent.from(offset, limit)).toEqual(expected);
      },
    ),
  );
});
