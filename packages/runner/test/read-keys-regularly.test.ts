import { DomainError } from '@user-activity/domain';
import { expect, test, vi } from 'vitest';
import { readKeysRegularly } from '../src/read-keys-regularly.ts';

const unavailable = (): Promise<void> => Promise.reject(new DomainError('STORE_UNAVAILABLE', 'gone'));
const timedOut = (): Promise<void> => Promise.reject(new DomainError('STORE_TIMEOUT', 'late'));
const done = (): Promise<void> => Promise.resolve();

const ignoring = { error: () => undefined, warn: () => undefined };

/** Reads with these results, one after the other, and ends with the last one. Returns what was logged. */
async function logOf(results: readonly (() => Promise<void>)[]) {
  const over = new AbortController();
  const log = () => vi.fn<(...args: readonly unknown[]) => void>();
  const logger = { error: log(), warn: log() };
  let reads = 0;
  const refresh = (): Promise<void> => {
    const result = results[reads];
    reads += 1;
    if (reads === results.length) over.abort();
    if (result === undefined) throw new Error('It reads after it was cancelled.');
    return result();
  };
  await readKeysRegularly(refresh, logger, over.signal, 1);
  expect(reads).toBe(results.length);
  return { warnings: logger.warn.mock.calls, errors: logger.error.mock.calls };
}

test('reads at once and repeatedly until it is cancelled, and logs nothing while reads succeed', async () => {
  expect(await logOf([done, done, done])).toEqual({ warnings: [], errors: [] });
});

test('continues to read during an outage, and logs each outage once', async () => {
  expect(await logOf([unavailable, timedOut, unavailable, done, done, timedOut, done])).toEqual({
    warnings: [
      [{ code: 'STORE_UNAVAILABLE' }, expect.any(String)],
      [{ code: 'STORE_TIMEOUT' }, expect.any(String)],
    ],
    errors: [],
  });
});

test('a pause ends at once when it is cancelled', async () => {
  const over = new AbortController();
  let reads = 0;
  const refresh = async (): Promise<void> => {
    reads += 1;
  };
  const end = readKeysRegularly(refresh, ignoring, over.signal, 3_600_000);
  await expect.poll(() => reads).toBe(1);
  over.abort();
  await end;
  expect(reads).toBe(1);
});

test('does not read if the signal is already aborted', async () => {
  const refresh = vi.fn<() => Promise<void>>(done);
  await readKeysRegularly(refresh, ignoring, AbortSignal.abort());
  expect(refresh).not.toHaveBeenCalled();
});

test('an unexpected error is logged once, and the reads go on', async () => {
  const bug = new TypeError('x');
  const failing = (): Promise<never> => Promise.reject(bug);
  expect(await logOf([failing, failing, done, failing, done])).toEqual({
    warnings: [],
    errors: [
      [{ err: bug }, expect.any(String)],
      [{ err: bug }, expect.any(String)],
    ],
  });
});
