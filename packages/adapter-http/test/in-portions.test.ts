import { ServerResponse, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inPortions } from '../src/bodies/in-portions.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Makes a response whose buffer is always full. */
function fullResponse(): ServerResponse {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  vi.spyOn(response, 'writableNeedDrain', 'get').mockImplementation(() => !response.destroyed);
  return response;
}

const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));

test('a client that takes 29 s for each portion gets all bytes', async () => {
  const response = fullResponse();
  const portions: Buffer[] = [];
  for await (const portion of inPortions(bytes, response)) {
    portions.push(portion);
    // Runs while the next step waits for the event.
    void vi.advanceTimersByTimeAsync(29_000).then(() => response.emit('drain'));
  }
  expect(Buffer.concat(portions)).toEqual(bytes);
  expect(portions.map(({ length }) => length)).toEqual([65_536, 65_536, 65_536, 3392]);
  expect(response.destroyed).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

test('the connection of a client that reads nothing for 30 s is closed', async () => {
  const response = fullResponse();
  const portions = inPortions(bytes.subarray(0, 1000), response);
  await portions.next();
  const ended = portions.next();
  await vi.advanceTimersByTimeAsync(29_999);
  expect(response.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(response.destroyed).toBe(true);
  expect(await ended).toEqual({ done: true, value: undefined });
  expect([response.listenerCount('drain'), response.listenerCount('close')]).toEqual([0, 0]);
});

test('an empty buffer yields no portion', async () => {
  const portions = inPortions(Buffer.alloc(0), fullResponse());
  expect(await portions.next()).toEqual({ done: true, value: undefined });
});

test('a reader that leaves stops the timer', async () => {
  const portions = inPortions(bytes, fullResponse());
  await portions.next();
  await portions.return();
  expect(vi.getTimerCount()).toBe(0);
});
