import { setTimeout as delay } from 'node:timers/promises';
import type { ApiUseCases } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { Logger } from './logger.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

// The wait after the first sweep is short, because that sweep never removes dead letters for their age:
// processes that restart often would remove none.
const defaultIntervals = { firstMs: 30_000, everyMs: 5 * 60_000 };

/** Sweeps at once and then at intervals, until it is cancelled. If the store does not answer, the next sweep tries again. */
export async function sweepRegularly(
  sweep: ApiUseCases['sweepDeadLetters'],
  logger: Pick<Logger, 'info' | 'warn'>,
  signal: AbortSignal,
  { firstMs, everyMs } = defaultIntervals,
): Promise<void> {
  let waitMs = firstMs;
  while (!signal.aborted) {
    try {
      const { expired, evicted } = await sweep('schedule');
      if (expired > 0) logger.info({ expired }, 'removed expired dead letters');
      if (evicted > 0)
        logger.warn(
          { evicted },
          'removed the oldest dead letters of the API: together they exceeded the size limit',
        );
    } catch (error) {
      if (!isDomainError(error)) throw error;
      logger.warn({ code: error.code }, 'could not remove old dead letters; retrying at the next sweep');
    }
    await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    waitMs = everyMs;
  }
}

/** Sweeps the dead letters at intervals, until the returned function is called. Every process that serves the API does this. */
export function startSweeping(get: Get): () => void {
  const { sweepDeadLetters } = get(tokens.apiUseCases);
  const over = new AbortController();
  // It rejects only because of a bug, which the log must show.
  sweepRegularly(sweepDeadLetters, get(tokens.logger), over.signal).catch((bug: unknown) =>
    get(tokens.logger).error(
      { err: bug },
      'unexpected error, old dead letters are not removed any more; restart this process',
    ),
  );
  return () => over.abort();
}
