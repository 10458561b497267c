import type { ProgressObserver } from '@user-activity/application';
import type { Logger } from './logger.ts';

/** Makes an observer that logs when a consumer stalls, is restarted, recovers or fails permanently. */
export const progressLog = (logger: Logger): ProgressObserver => ({
  stalled: (partitions) =>
    logger.error({ partitions }, 'consumer stalled: records are waiting and none is committed'),
  // If the reason is a text, this process requested the restart, so there is no stack trace to log.
  restarted: (reason) =>
    typeof reason === 'string'
      ? logger.warn(`consumer restarted: ${reason}`)
      : logger.warn({ err: reason }, 'consumer restarted'),
  recovered: () => logger.info('consumer is making progress again'),
  dead: (partitions) => logger.fatal({ partitions }, 'the consumer cannot recover; replace this process'),
});
