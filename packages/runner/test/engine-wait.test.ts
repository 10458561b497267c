import { DomainError } from '@user-activity/domain';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EngineWait, StartTimeout } from '../src/engine-wait.ts';
import { makeLogger } from '../src/logger.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const logger = makeLogger('silent' as 'fatal');
const engines = {
  log: { name: 'Kafka', variable: 'KAFKA_BROKERS' },
  store: { name: 'MongoDB', variable: 'MONGODB_URI' },
  startTimeoutMs: 1000,
};
const newWait = (signal = new AbortController().signal) => new EngineWait(engines, logger, signal);

/** Starts to reach a store that never answers. Returns the state of the wait. */
function reachHangingStore(wait: EngineWait) {
  const state: { failure?: unknown } = {};
  const never = Promise.withResolvers<void>().promise;
  wait
    .reach('store', () => never)
    .catch((error: unknown) => {
      state.failure = error;
    });
  return state;
}

test('a start without progress ends at its time limit', async () => {
  const state = reachHangingStore(newWait());
  await vi.advanceTimersByTimeAsync(999);
  expect(state.failure).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(state.failure).toBeInstanceOf(StartTimeout);
  expect(state.failure).toMatchObject({
    message: expect.stringContaining('raise START_TIMEOUT_MS') as string,
  });
});

test('each progress restarts the time limit, so a long migration does not end the start', async () => {
  const wait = newWait();
  const state = reachHangingStore(wait);
  for (let count = 0; count < 20; count += 1) {
    await vi.advanceTimersByTimeAsync(900);
    wait.onProgress();
  }
  expect(state.failure).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1000);
  expect(state.failure).toBeInstanceOf(StartTimeout);
});

test('progress after the time limit does not revive the start', async () => {
  const wait = newWait();
  await vi.advanceTimersByTimeAsync(1000);
  wait.onProgress();
  const outage = async () => {
    throw new DomainError('STORE_UNAVAILABLE', 'MongoDB does not respond.');
  };
  await expect(wait.reach('store', outage)).rejects.toBeInstanceOf(StartTimeout);
});

test('an aborted signal ends the wait, even after progress', async () => {
  const stop = new AbortController();
  const wait = newWait(stop.signal);
  const state = reachHangingStore(wait);
  wait.onProgress();
  stop.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(state.failure).toBeInstanceOf(StartTimeout);
});

test('names the log before the store, even if the store was tried later', async () => {
  const wait = newWait();
  const outage = (code: 'LOG_UNAVAILABLE' | 'STORE_UNAVAILABLE') => async () => {
    throw new DomainError(code, 'It is down.');
  };
  const both = Promise.all([
    wait.reach('log', outage('LOG_UNAVAILABLE')),
    wait.reach('store', outage('STORE_UNAVAILABLE')),
  ]);
  both.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(1000);
  await expect(both).rejects.toThrow('Kafka (It is down.) and MongoDB (It is down.)');
});

test('names the log if an attempt for the store fails because of the log', async () => {
  const wait = newWait();
  const refused = wait.reach('store', async () => {
    throw new DomainError('LOG_UNAVAILABLE', 'Kafka refuses the request.');
  });
  refused.catch(() => undefined);
  // The log itself was reached.
  await wait.reach('log', async () => undefined);
  await vi.advanceTimersByTimeAsync(900);
  expect(await wait.checkHealth()).toMatchObject({ checks: { log: 'unavailable', store: 'ok' } });
  await vi.advanceTimersByTimeAsync(100);
  await expect(refused).rejects.toThrow(
    'Kafka (Kafka refuses the request.); start what is down, correct KAFKA_BROKERS,',
  );
});
