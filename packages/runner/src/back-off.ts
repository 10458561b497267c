import { setTimeout as delay } from 'node:timers/promises';
import type { Grace, Pause } from '@user-activity/application';
import type { Cancellation, OutageObserver } from '@user-activity/domain';
import type { Logger } from './logger.ts';

const firstMs = 100;
const maxMs = 10_000;
const graceMs = 1000;

/**
 * Waits 100 ms after the first failure, and twice as long after each further one, up to 10 s. A random part of up to one half is
 * subtracted, so that not all callers retry at once.
 */
export const backOff: Pause = async (failures: number, signal: Cancellation): Promise<void> => {
  if (signal.aborted) return;
  const waitMs = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 20));
  const cancelling = new AbortController();
  const cancel = (): void => cancelling.abort();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await delay(waitMs * (0.5 + Math.random() / 2), undefined, { signal: cancelling.signal });
  } catch (error) {
    if (!cancelling.signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};

/** Waits one second: more than a working store needs, and short for a waiting consumer group. */
export const briefGrace: Grace = () => delay(graceMs, undefined, { ref: false });

/** Logs an outage when it begins, whenever its number of failed attempts has doubled, and when it is over. */
export const outageLog = (logger: Logger, who = 'the store'): OutageObserver => ({
  failed(error, failures) {
    const isPowerOfTwo = (failures & (failures - 1)) === 0;
    if (isPowerOfTwo) logger.warn({ err: error, failures }, `${who} is not responding; retrying`);
  },
  recovered(failures) {
    logger.info({ failures }, `${who} is responding again`);
  },
});
