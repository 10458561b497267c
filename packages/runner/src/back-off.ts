import { setTimeout as delay } from 'node:timers/promises';
import type { Grace, OutageObserver, Pause } from '@user-activity/application';
import type { Cancellation } from '@user-activity/domain';
import type { Logger } from './logger.ts';

const first = 100;
const longest = 10_000;
const graceMs = 1000;

/** Waits 100 ms, twice as long each time up to 10 s, and by chance up to a half less: not all who wait come back at once. */
export const backOff: Pause = async (failures: number, signal: Cancellation): Promise<void> => {
  if (signal.aborted) return;
  const most = Math.min(longest, first * 2 ** Math.min(failures - 1, 20));
  const cancelling = new AbortController();
  const cancel = (): void => cancelling.abort();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await delay(most * (0.5 + Math.random() / 2), undefined, { signal: cancelling.signal });
  } catch (error) {
    if (!cancelling.signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};

/** A second: more than a store that works needs, and little to a group that waits. */
export const briefGrace: Grace = () => delay(graceMs, undefined, { ref: false });

/** Logs an outage when it begins, each time it has lasted twice as many attempts, and when it is over. */
export const outageLog = (logger: Logger, who = 'the store'): OutageObserver => ({
  failed(error, failures) {
    const isPowerOfTwo = (failures & (failures - 1)) === 0;
    if (isPowerOfTwo) logger.warn({ err: error, failures }, `${who} is not responding; retrying`);
  },
  recovered(failures) {
    logger.info({ failures }, `${who} is responding again`);
  },
});
