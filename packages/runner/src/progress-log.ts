import type { ProgressObserver } from '@user-activity/application';
import type { Logger } from './logger.ts';

/** Logs the progress of a consumer. */
export const progressLog = (logger: Logger): ProgressObserver => ({
  stalled: (partitions) => logger.error({ partitions }, 'consumer stalled: lagging and committing nothing'),
  restarted: (reason) => logger.warn({ err: reason }, 'consumer restarted'),
  recovered: () => logger.info('consumer is making progress again'),
  dead: (partitions) => logger.fatal({ partitions }, 'the consumer cannot recover; replace this process'),
});
