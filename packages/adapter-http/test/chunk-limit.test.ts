import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ChunkLimit } from '../src/bodies/chunk-limit.ts';

function countSmall(bodies: number): void {
  for (let body = 0; body < bodies; body += 1) {
    const limit = new ChunkLimit();
    for (let chunk = 0; chunk < 10_000; chunk += 1) limit.count(1);
  }
}

test('small chunks are refused from the 20,001st in one iteration of the event loop, and accepted again in the next', async () => {
  countSmall(2);
  expect(() => new ChunkLimit().count(15)).toThrow(expect.objectContaining({ code: 'PROCESS_BUSY' }));
  expect(() => new ChunkLimit().count(16)).not.toThrow();
  await nextTurn();
  countSmall(2);
});
