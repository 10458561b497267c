import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turn } from '../src/turn.ts';

test('of all work that waits, one has its turn in each round of the event loop, first come, first served', async () => {
  const rounds: number[] = [];
  const order: number[] = [];
  let round = 0;
  const work = Array.from({ length: 5 }, async (_, index) => {
    const turn = new Turn();
    for (let turns = 0; turns < 2; turns += 1) {
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

test('it is not there before it has come', async () => {
  const turn = new Turn();
  expect(turn.isOver).toBe(true);
  await turn.next();
  expect(turn.isOver).toBe(false);
});
