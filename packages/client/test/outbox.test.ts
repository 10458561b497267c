import { beforeEach, expect, test, vi } from 'vitest';
import { NotLoggedError } from '../src/index.ts';
import { unreachable } from './fake-service.ts';
import { start, useFakeClock } from './start-client.ts';

beforeEach(useFakeClock);

test('flush rejects when its signal is aborted or its time limit passes, and the activities stay queued', async () => {
  const { service, client, logAll } = start();
  service.answer = unreachable;
  logAll('a');
  const reason = new Error('enough');
  await expect(client.flush({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const late = client.flush({ timeoutMs: 100 }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(100);
  expect(await late).toMatchObject({
    name: 'ConnectionError',
    message: 'No answer within 100 ms.',
  });
  expect(client.queued).toBe(1);
});

test('close sends the queue, and later calls of log and flush fail', async () => {
  const { service, client, logAll } = start();
  logAll('a');
  await client.close();
  expect(service.batches).toEqual([['a']]);
  expect(() => logAll('b')).toThrow('The client is closed');
  await expect(client.flush()).rejects.toThrow('The client is closed');
  await client.close();
});

test('close rejects with the activities that it could not send', async () => {
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
