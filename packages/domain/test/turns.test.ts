import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from '../src/shared/turns.ts';

const loop = { defer: setImmediate, now: () => performance.now() };

test('in each round of the event loop, one waiting task gets its turn, first come, first served', async () => {
  const turns = new Turns(loop);
  const rounds: number[] = [];
  const order: number[] = [];
  let round = 0;
  const work = Array.from({ length: 5 }, async (_, index) => {
    const turn = turns.begin();
    for (let count = 0; count < 2; count += 1) {
      await turn.next();
      rounds.push(round);
      order.push(index);
    }
  });
  while (order.length < 10) {
    await nextRound();
    round += 1;
  }
  await Promise.all(work);
  expect(order).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
  expect(new Set(rounds).size).toBe(10);
});

test('a turn lasts 10 ms from the time at which next resolves', async () => {
  let now = 0;
  const turn = new Turns({ ...loop, now: () => now }).begin();
  expect(turn.isOver).toBe(true);
  now = 5;
  await turn.next();
  expect(turn.isOver).toBe(false);
  now = 15;
  expect(turn.isOver).toBe(false);
  now = 15.1;
  expect(turn.isOver).toBe(true);
});

test('a task that has processed at most 64 KiB need not wait for a turn', async () => {
  const turn = new Turns(loop).begin();
  expect(turn.isOverAfter(65_536)).toBe(false);
  expect(turn.isOverAfter(1)).toBe(true);
  await turn.next();
  expect(turn.isOverAfter(65_536)).toBe(false);
});
