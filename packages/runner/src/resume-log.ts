import type { ResumeObserver } from '@user-activity/application';
import type { Logger } from './logger.ts';

/** Makes an observer that logs when a consumer reads records of a partition again, or continues after a gap. */
export const resumeLog = (logger: Logger): ResumeObserver => ({
  upgraded: () =>
    logger.info('an older version filled the store; beginning at the committed offsets of the group'),
  rereading: (partition, from, committed) =>
    logger.warn(
      { partition, from, committed },
      'the store is behind the committed offset of the consumer group; reading the records in between again',
    ),
  skipped: (partition, missing) =>
    logger.error(
      { partition, missing },
      'skipping records that the log lost before they were stored, because ACCEPT_GAP is set',
    ),
});
