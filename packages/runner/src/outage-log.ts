import type { OutageObserver } from '@user-activity/domain';
import type { Logger } from './logger.ts';

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
