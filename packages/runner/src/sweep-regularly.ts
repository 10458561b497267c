import { setTimeout as delay } from 'node:timers/promises';
import type { ApiUseCases } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { Logger } from './logger.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

// The first sweep of a process never removes dead letters for their age. The second follows soon, so that
// processes that restart often remove old letters too.
const defaultIntervals = { firstMs: 30_000, everyMs: 5 * 60_000 };

/** Sweeps at once and then at intervals, until the signal is aborted. If the store is unavailable, it waits for the next sweep. */
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

/** Sweeps the dead letters at intervals, until the returned function is called. Every process with the API calls it. */
export function startSweeping(get: Get): () => void {
  const { sweepDeadLetters } = get(tokens.apiUseCases);
  const sweepEnd = new AbortController();
  // Only a bug makes this reject.
  sweepRegularly(sweepDeadLetters, get(tokens.logger), sweepEnd.signal).catch((bug: unknown) =>
    get(tokens.logger).error(
      { err: bug },
      'unexpected error, old dead letters are no longer removed; restart this process',
    ),
  );
  return () => sweepEnd.abort();
}
