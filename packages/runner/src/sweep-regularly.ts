import { setTimeout as delay } from 'node:timers/promises';
import type { ApiUseCases } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { Logger } from './logger.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

// The pauses between sweeps. A process removes dead letters because of their age only from its second sweep on. So the
// first pause is short, for processes that restart often.
const defaultPauses = { firstPauseMs: 30_000, pauseMs: 5 * 60_000 };

/** Removes expired and excess dead letters at once and after each pause, until the signal is aborted. Logs outages of the store. */
export async function sweepRegularly(
  sweep: ApiUseCases['sweepDeadLetters'],
  logger: Pick<Logger, 'info' | 'warn'>,
  signal: AbortSignal,
  { firstPauseMs, pauseMs } = defaultPauses,
): Promise<void> {
  let nextPauseMs = firstPauseMs;
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
    await delay(nextPauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    nextPauseMs = pauseMs;
  }
}

/** Starts to remove old dead letters regularly. Returns a function that stops it. Each process that serves the API does this. */
export function startSweeping(get: Get): () => void {
  const { sweepDeadLetters } = get(tokens.apiUseCases);
  const sweepAbort = new AbortController();
  // `sweepRegularly` rejects only if it has a bug.
  sweepRegularly(sweepDeadLetters, get(tokens.logger), sweepAbort.signal).catch((bug: unknown) =>
    get(tokens.logger).error(
      { err: bug },
      'unexpected error: old dead letters are no longer removed; restart this process',
    ),
  );
  return () => sweepAbort.abort();
}
