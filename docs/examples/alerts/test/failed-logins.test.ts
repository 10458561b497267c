import { ProjectId } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { FailedLogins } from '../src/failed-logins.ts';

const second = 1000;
const noon = Date.UTC(2026, 0, 1, 12);
const failed = (seconds: number, more: Parameters<typeof sampleActivity>[0] = {}) =>
  sampleActivity({ type: 'LOGIN_FAILED', createdAt: noon + seconds * second, ...more });

/** Adds activities. Returns the positions, from 1, of those that completed a burst. */
const reported = (activities: readonly ReturnType<typeof failed>[], logins = new FailedLogins()): number[] =>
  activities.flatMap((activity, index) => (logins.add(activity) ? [index + 1] : []));

test.each<[string, readonly number[], readonly number[]]>([
  ['five within a minute', [0, 10, 20, 30, 59], [5]],
  ['four', [0, 1, 2, 3], []],
  ['five in a minute and no less', [0, 15, 30, 45, 60], []],
  ['five over two minutes', [0, 30, 60, 90, 120], []],
  ['a burst that continues, once', [0, 1, 2, 3, 4, 5, 6, 7, 40, 80, 120], [5]],
  ['a second burst after a minute of quiet', [0, 1, 2, 3, 4, 100, 101, 102, 103, 104], [5, 10]],
  ['five in another order', [50, 10, 30, 20, 40], [5]],
  ['four, and one from long ago', [100, 101, 102, 103, -5000], []],
  ['five after one whose clock is ahead', [300, 0, 1, 2, 3, 4], [6]],
  ['five with one among them whose clock is ahead', [0, 1, 2, 3, 300, 4], [6]],
  ['five that were reported, and an earlier one', [100, 101, 102, 103, 104, 50], [5]],
  ['two bursts at the same time', [0, 300, 1, 301, 2, 302, 3, 303, 4, 304], [9, 10]],
  ['four, and four after a minute of quiet', [0, 1, 2, 3, 63, 64, 65, 66], []],
  ['four, and five after a minute of quiet', [0, 1, 2, 3, 100, 101, 102, 103, 104], [9]],
])('%s', (_, times, expected) => {
  expect(reported(times.map((seconds) => failed(seconds)))).toEqual(expected);
});

test('a login that is delivered again counts once, even after its burst was reported', () => {
  const five = [0, 1, 2, 3, 4].map((seconds) => failed(seconds));
  const four = five.slice(0, 4);
  expect(reported([...four, ...four])).toEqual([]);
  expect(reported([...five, ...five])).toEqual([5]);
});

test('each user has a separate count, and only failed logins count', () => {
  const users = ['a', 'b', 'c', 'd', 'e'].map((userId, index) => failed(index, { userId }));
  const others = [0, 1, 2, 3, 4].map((seconds) => failed(seconds, { type: 'LOGIN' }));
  expect(reported([...users, ...others])).toEqual([]);
});

test('users of the same name in two projects have separate counts, even with the same ids', () => {
  const [shop, shop2] = [ProjectId.parse('shop'), ProjectId.parse('shop-2')];
  const inEach = [0, 1, 2].flatMap((seconds) =>
    [ProjectId.default, shop, shop2].map((project) => failed(seconds, { project, id: `id-${seconds}` })),
  );
  const logins = new FailedLogins();
  expect(reported(inEach, logins)).toEqual([]);
  const more = [3, 4].map((seconds) => failed(seconds, { project: shop }));
  expect(reported(more, logins)).toEqual([2]);
  expect(reported([failed(3), failed(4)], logins)).toEqual([2]);
  expect(reported([failed(3, { project: shop2 })], logins)).toEqual([]);
});

test('a state without projects belongs to the project default', () => {
  const state = [
    ['user-1', [0, 1, 2, 3].map((at) => ({ id: `old-${at}`, at: noon + at, told: false }))],
  ] as const;
  const shop = ProjectId.parse('shop');
  expect(reported([failed(4, { project: shop })], new FailedLogins(state))).toEqual([]);
  expect(reported([failed(4)], new FailedLogins(state))).toEqual([1]);
});

test('another instance continues from the state', () => {
  const first = new FailedLogins();
  expect(
    reported(
      [0, 1, 2].map((seconds) => failed(seconds)),
      first,
    ),
  ).toEqual([]);
  const state = JSON.parse(JSON.stringify(first.state)) as typeof first.state;
  expect(
    reported(
      [3, 4, 5].map((seconds) => failed(seconds)),
      new FailedLogins(state),
    ),
  ).toEqual([2]);
});

test('the state is limited, however many users fail, and however often', () => {
  const logins = new FailedLogins();
  for (let index = 0; index < 3000; index += 1)
    logins.add(failed(index / 100, { userId: `user-${index % 1500}` }));
  for (let index = 0; index < 1000; index += 1) logins.add(failed(index / 100, { userId: 'one' }));
  expect(logins.state).toHaveLength(1000);
  expect(Math.max(...logins.state.map(([, failures]) => failures.length))).toBe(10);
  expect(logins.state.at(-1)?.[0]).toBe('one');
});
