import type { OutageObserver } from '@user-activity/domain';
import type { Logger } from './logger.ts';

/** Makes an observer that logs an outage when it begins, each time the number of failed attempts doubles, and when it ends. */
export const outageLog = (logger: Logger, dependency = 'the store'): OutageObserver => ({
  failed(error, failures) {
    const isPowerOfTwo = (failures & (failures - 1)) === 0;
    if (isPowerOfTwo) logger.warn({ err: error, failures }, `${dependency} is not responding; retrying`);
  },
  recovered(failures) {
    logger.info({ failures }, `${dependency} is responding again`);
  },
});
