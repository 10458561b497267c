import type { ResumeObserver } from '@user-activity/application';
import type { Logger } from './logger.ts';

/** Logs each partition that a consumer reads again, or continues after a gap. */
export const resumeLog = (logger: Logger): ResumeObserver => ({
  upgraded: () => logger.info('an older version filled the store: beginning where the group has committed'),
  rereading: (partition, from, committed) =>
    logger.warn(
      { partition, from, committed },
      'the store has settled less than the group has committed; reading the records between again',
    ),
  skipped: (partition, missing) =>
    logger.error(
      { partition, missing },
      'continuing without offsets that were never stored: ACCEPT_GAP is set',
    ),
});
