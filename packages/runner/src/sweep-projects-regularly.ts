import type { ApiUseCases } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { Logger } from './logger.ts';
import { repeatRegularly } from './repeat-regularly.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

// Every process of the API reads the settings this often, so that a change needs no restart.
const defaultPauses = { tickMs: 5000, firstRoundMs: 30_000, roundMs: 5 * 60_000 };

type UseCases = Pick<ApiUseCases, 'refreshProjects' | 'sweepProjects' | 'measureStorage'>;

/**
 * At once and after each tick, until the signal is aborted: reads the settings of projects, measures those with a limit of stored bytes, and
 * carries out erasures. A sweep or a measurement may take longer than a tick, and delays no reading. Begins a round of removals by age at
 * once, again soon after the first, and then at longer intervals. Logs outages of the store once.
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
    repeat(refreshProjects, 'could not read the settings of projects; the last known ones apply'),
    repeat(measure, 'could not measure the storage of projects; the last measured sizes count'),
    repeat(sweep, 'could not remove old activities or erase projects or users; trying again regularly'),
  ]);
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
