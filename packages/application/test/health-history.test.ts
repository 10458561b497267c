import { FixedClock } from '@user-activity/adapter-memory';
import { expect, test } from 'vitest';
import { HealthHistory, type HealthReading } from '../src/health/health-history.ts';

/** A history of a process whose measurements the test sets. */
function place(first: HealthReading = {}) {
  const clock = new FixedClock('2026-01-02T03:00:00Z');
  let reading = first;
  let time = 0;
  const history = new HealthHistory({ read: async () => reading, clock, now: () => time });
  return {
    history,
    clock,
    /** Lets time pass, and sets what the process has measured then to `next`. */
    pass(seconds: number, next: HealthReading): void {
      reading = next;
      time += seconds * 1000;
      clock.advance(seconds * 1000);
    },
  };
}

test('a point has what was added in its minute, and the lag at its end', async () => {
  const { history, pass } = place({ accepted: 10, stored: 5, deadLettered: 1, lag: 5 });
  await history.endMinute();
  pass(60, { accepted: 110, stored: 105, deadLettered: 1, lag: 5 });
  await history.endMinute();
  pass(15.5, { accepted: 120, stored: 125, deadLettered: 3, lag: 0 });
  expect(await history.points()).toEqual([
    {
      at: Date.parse('2026-01-02T03:00:00Z'),
      seconds: 60,
      accepted: 100,
      stored: 100,
      deadLettered: 0,
      lag: 5,
    },
    {
      at: Date.parse('2026-01-02T03:01:00Z'),
      seconds: 15.5,
      accepted: 10,
      stored: 20,
      deadLettered: 2,
      lag: 0,
    },
  ]);
});

test('a value that a process does not measure is absent, and counts from 0 once it is measured', async () => {
  const { history, pass } = place({});
  expect(await history.points()).toEqual([]);
  await history.endMinute();
  pass(60, { accepted: 7 });
  await history.endMinute();
  expect(await history.points()).toEqual([
    { at: Date.parse('2026-01-02T03:00:00Z'), seconds: 60, accepted: 7 },
    { at: Date.parse('2026-01-02T03:01:00Z'), seconds: 0, accepted: 0 },
  ]);
});

test('the handled records of a group are counted only between two readings, and never negative', async () => {
  const { history, pass } = place({ accepted: 1 });
  await history.endMinute();
  pass(60, { accepted: 1, handled: 1_000_000, lag: 3 });
  await history.endMinute();
  pass(60, { accepted: 1, handled: 1_000_050, lag: 0 });
  await history.endMinute();
  // The log did not answer at the first end of a minute, so the second has the records of both minutes.
  pass(60, { accepted: 1 });
  await history.endMinute();
  pass(60, { accepted: 1, handled: 1_000_080, lag: 1 });
  await history.endMinute();
  // The topic was recreated.
  pass(60, { accepted: 1, handled: 7 });
  await history.endMinute();
  const points = await history.points();
  expect(points.map(({ handled, lag }) => [handled, lag])).toEqual([
    [undefined, 3],
    [50, 0],
    [undefined, undefined],
    [30, 1],
    [0, undefined],
    [0, undefined],
  ]);
});

test('there are at most 60 points: the oldest go first', async () => {
  const { history, pass } = place({ accepted: 0 });
  await history.endMinute();
  for (let minute = 1; minute <= 70; minute += 1) {
    pass(60, { accepted: minute * minute });
    await history.endMinute();
  }
  const points = await history.points();
  expect(points).toHaveLength(60);
  // The first point is the minute from 11 to 12, and the last is the current minute.
  expect(points[0]).toMatchObject({ at: Date.parse('2026-01-02T03:11:00Z'), accepted: 23 });
  expect(points.at(-2)).toMatchObject({ accepted: 139 });
  expect(points.at(-1)).toMatchObject({ at: Date.parse('2026-01-02T04:10:00Z'), seconds: 0, accepted: 0 });
});

test('a clock that jumps changes only the time of later points, not their length', async () => {
  const { history, clock, pass } = place({ accepted: 0 });
  await history.endMinute();
  clock.set('2026-01-02T01:00:00Z');
  pass(60, { accepted: 1 });
  await history.endMinute();
  pass(60, { accepted: 3 });
  await history.endMinute();
  expect((await history.points()).slice(0, 2)).toEqual([
    { at: Date.parse('2026-01-02T03:00:00Z'), seconds: 60, accepted: 1 },
    { at: Date.parse('2026-01-02T01:01:00Z'), seconds: 60, accepted: 2 },
  ]);
});

test('percentiles are those of the activities that were stored in the minute', async () => {
  const boundaries = [0.01, 0.1, 1];
  const after = (...counts: readonly number[]) => ({ storedAfter: { boundaries, counts } });
  const { history, pass } = place(after(1000, 0, 0, 0));
  await history.endMinute();
  pass(60, after(1000, 0, 0, 0));
  await history.endMinute();
  pass(60, after(1050, 50, 0, 0));
  await history.endMinute();
  pass(60, after(1050, 50, 0, 2));
  await history.endMinute();
  const times = (await history.points()).map(({ storedAfterMs }) => storedAfterMs);
  // Of 100 values, the median is the end of the first bucket, and the 99th percentile is at 98 % of the second bucket.
  expect(times.slice(0, 3)).toEqual([
    undefined,
    { p50: 10, p99: 98.2 },
    // The percentile of values above all boundaries is the highest boundary.
    { p50: 1000, p99: 1000 },
  ]);
});

test('a reading that fails ends no minute', async () => {
  let isFailing = false;
  const clock = new FixedClock();
  let time = 0;
  const read = async () => {
    if (isFailing) throw new Error('no');
    return { accepted: time };
  };
  const history = new HealthHistory({ read, clock, now: () => time });
  await history.endMinute();
  [isFailing, time] = [true, 60_000];
  await expect(history.endMinute()).rejects.toThrow('no');
  [isFailing, time] = [false, 120_000];
  await history.endMinute();
  expect((await history.points())[0]).toMatchObject({ seconds: 120, accepted: 120_000 });
});
