import { setTimeout as delay } from 'node:timers/promises';
import type { ApiUseCases } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { Logger } from './logger.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

// Every process of the API reads the retentions this often, so that a change needs no restart.
const defaultPauses = { tickMs: 5000, firstRoundMs: 30_000, roundMs: 5 * 60_000 };

type UseCases = Pick<ApiUseCases, 'refreshProjects' | 'sweepProjects'>;

/**
 * At once and after each tick, until the signal is aborted: reads the retentions of projects, and carries out erasures. Begins a round of
 * removals by age at once, again soon after the first, and then at longer intervals. Logs outages of the store once.
 */
export async function sweepProjectsRegularly(
  { refreshProjects, sweepProjects }: UseCases,
  logger: Pick<Logger, 'info' | 'warn'>,
  signal: AbortSignal,
  { tickMs, firstRoundMs, roundMs } = defaultPauses,
): Promise<void> {
  let nextRound = 0;
  let rounds = 0;
  let isFailing = false;
  while (!signal.aborted) {
    let pauseMs = tickMs;
    try {
      await refreshProjects();
      const isDue = performance.now() >= nextRound;
      const sweep = await sweepProjects(isDue ? 'schedule' : 'erasure');
      if (isDue) {
        rounds += 1;
        nextRound = performance.now() + (rounds === 1 ? firstRoundMs : roundMs);
      }
      if (sweep !== 'under way') {
        const { expired, erased, letters, more } = sweep;
        if (expired > 0) logger.info({ expired }, 'removed activities that are older than the retention');
        if (erased + letters > 0) logger.info({ erased, letters }, 'removed data of erased projects');
        if (more) pauseMs = 0;
      }
      isFailing = false;
    } catch (error) {
      if (!isDomainError(error)) throw error;
      if (!isFailing)
        logger.warn({ code: error.code }, 'could not read or sweep the projects; trying again regularly');
      isFailing = true;
    }
    await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Starts to sweep projects regularly, until the returned function is called. Each process that serves the API does this. */
export function startSweepingProjects(get: Get): () => void {
  const sweepAbort = new AbortController();
  // `sweepProjectsRegularly` rejects only if it has a bug.
  sweepProjectsRegularly(get(tokens.apiUseCases), get(tokens.logger), sweepAbort.signal).catch(
    (bug: unknown) =>
      get(tokens.logger).error(
        { err: bug },
        'unexpected error, old activities and erased projects are no longer removed; restart this process',
      ),
  );
  return () => sweepAbort.abort();
}
