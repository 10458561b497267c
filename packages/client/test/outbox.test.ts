import { beforeEach, expect, test, vi } from 'vitest';
import { NotLoggedError } from '../src/index.ts';
import { unreachable } from './fake-service.ts';
import { start, useFakeClock } from './start-client.ts';

beforeEach(useFakeClock);

test('flush ends with its signal or its time, and the activities stay', async () => {
  const { service, client, logAll } = start();
  service.answer = unreachable;
  logAll('a');
  const reason = new Error('enough');
  await expect(client.flush({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const late = client.flush({ timeoutMs: 100 }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(100);
  expect(await late).toMatchObject({
    name: 'ConnectionError',
    message: 'There was no answer within 100 ms.',
  });
  expect(client.queued).toBe(1);
});

test('close sends what waits, and then refuses to log', async () => {
  const { service, client, logAll } = start();
  logAll('a');
  await client.close();
  expect(service.batches).toEqual([['a']]);
  expect(() => logAll('b')).toThrow('The client is closed');
  await expect(client.flush()).rejects.toThrow('The client is closed');
  await client.close();
});

test('close gives back what could not be sent', async () => {
  const { service, client, logAll } = start();
  service.answer = unreachable;
  const [id] = logAll('a');
  const closed = client.close({ timeoutMs: 1000 }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1000);
  const error = await closed;
  if (!(error instanceof NotLoggedError)) throw error;
  expect(error.unsent.map((json) => JSON.parse(json) as unknown)).toMatchObject([{ id, userId: 'a' }]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(service.requests.length).toBeLessThan(4);
  expect(vi.getTimerCount()).toBe(0);
});
