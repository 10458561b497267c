import type { ApiUseCases } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { Logger } from './logger.ts';
import { repeatRegularly } from './repeat-regularly.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

// Every process of the API reads the settings of projects at each tick, so that a change needs no restart.
const defaultPauses = { tickMs: 5000, firstRoundMs: 30_000, roundMs: 5 * 60_000 };

type UseCases = Pick<ApiUseCases, 'refreshProjects' | 'sweepProjects' | 'measureStorage'>;

/**
 * Does three kinds of work at once and after each tick, until the signal is aborted: reads the settings of projects, measures projects with a
 * limit of stored bytes, and sweeps erased data. If one kind takes longer than a tick, it does not delay the others. Sweeps of old activities
 * begin at once, again after `firstRoundMs`, and then every `roundMs`. Logs each outage of the store once.
 */
export async function sweepProjectsRegularly(
  { refreshProjects, sweepProjects, measureStorage }: UseCases,
  logger: Pick<Logger, 'info' | 'warn'>,
  signal: AbortSignal,
  { tickMs, firstRoundMs, roundMs } = defaultPauses,
): Promise<void> {
  let nextRound = 0;
  let rounds = 0;
  const sweep = async (): Promise<number> => {
    const isDue = performance.now() >= nextRound;
    const result = await sweepProjects(isDue ? 'schedule' : 'erasure');
    if (isDue) {
      rounds += 1;
      nextRound = performance.now() + (rounds === 1 ? firstRoundMs : roundMs);
    }
    if (result === 'under way') return tickMs;
    const { expired, erased, forgotten, letters, more } = result;
    if (expired > 0) logger.info({ expired }, 'removed activities that are older than the retention');
    if (erased + forgotten + letters > 0)
      logger.info({ erased, forgotten, letters }, 'removed data of erased projects and users');
    return more ? 0 : tickMs;
  };
  const measure = async (): Promise<number> => ((await measureStorage()).more ? 0 : tickMs);
  const repeat = (work: () => Promise<number | void>, failureMessage: string): Promise<void> =>
    repeatRegularly(work, {
      signal,
      pauseMs: tickMs,
      onFailure(error, isRepeated) {
        if (!isDomainError(error)) throw error;
        if (!isRepeated) logger.warn({ code: error.code, reason: error.message }, failureMessage);
      },
    });
  await Promise.all([
    repeat(refreshProjects, 'could not read the settings of projects; the last known settings apply'),
    repeat(measure, 'could not measure the storage of projects; the last measured sizes count'),
    repeat(sweep, 'could not remove old activities and erased data; the next sweep tries again'),
  ]);
}

/** Starts to sweep projects regularly. Returns a function that stops it. Each process that serves the API does this. */
export function startSweepingProjects(get: Get): () => void {
  const sweepAbort = new AbortController();
  // `sweepProjectsRegularly` rejects only if it has a bug.
  sweepProjectsRegularly(get(tokens.apiUseCases), get(tokens.logger), sweepAbort.signal).catch(
    (bug: unknown) =>
      get(tokens.logger).error(
        { err: bug },
        'unexpected error: old activities and erased data are no longer removed; restart this process',
      ),
  );
  return () => sweepAbort.abort();
}
