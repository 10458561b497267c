import { type Cancellation, DomainError, type OutageObserver } from '@user-activity/domain';

/** Waits before the next attempt. Waits longer after more failures, counted from 1. Resolves early if the signal is aborted. */
export type Pause = (failures: number, signal: Cancellation) => Promise<void>;

/** Resolves after the grace period: the time for which a cancelled attempt may continue. */
export type Grace = () => Promise<void>;

export interface PersistDeps {
  readonly pause: Pause;
  readonly grace: Grace;
  readonly observer: OutageObserver;
}

/**
 * Repeats `attempt` until it succeeds, whatever it rejects with, because skipping the work would lose data. Rejects only if the signal is
 * aborted.
 */
export async function persist<Result>(
  { pause, grace, observer }: PersistDeps,
  signal: Cancellation,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 0; ; ) {
    let failure: unknown;
    try {
      if (signal.aborted) throw cancelled();
      const result = await unlessAbandoned(attempt(), grace, signal);
      if (failures > 0) observer.recovered(failures);
      return result;
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    }
    failures += 1;
    observer.failed(failure, failures);
    await pause(failures, signal);
  }
}

/**
 * Returns the result of the attempt. If the signal is aborted, waits for it only until the grace period is over, and then rejects. Otherwise
 * a hanging store would keep a consumer from handing over its partitions. An abandoned attempt that succeeds later does no harm, because
 * saving is idempotent.
 */
async function unlessAbandoned<Result>(
  attempt: Promise<Result>,
  grace: Grace,
  signal: Cancellation,
): Promise<Result> {
  const abandoned = Promise.withResolvers<never>();
  const abandon = async (): Promise<void> => {
    await grace();
    abandoned.reject(cancelled());
  };
  const onAbort = (): void => void abandon();
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([attempt, abandoned.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const cancelled = (): DomainError =>
  new DomainError('STORE_UNAVAILABLE', 'The operation was cancelled before the store confirmed it.');
