import type { ProgressObserver } from '@user-activity/application';
import type { Logger } from './logger.ts';

/** Logs how a consumer gets on. */
export const progressLog = (logger: Logger): ProgressObserver => ({
  stalled: (partitions) =>
    logger.error({ partitions }, 'the consumer stalls: it is behind and commits nothing'),
  restarted: (reason) => logger.warn({ err: reason }, 'the consumer is restarted'),
  recovered: () => logger.info('the consumer gets on again'),
  dead: (partitions) =>
    logger.fatal({ partitions }, 'the consumer is past help: the process must be replaced'),
});
