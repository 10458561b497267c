import { type Cancellation, DomainError, type OutageObserver } from '@user-activity/domain';

/** Waits before the next attempt, longer after more failures (from 1). Returns early if cancelled. */
export type Pause = (failures: number, signal: Cancellation) => Promise<void>;

/** Resolves when the grace period of a cancelled attempt is over. */
export type Grace = () => Promise<void>;

export interface PersistDeps {
  readonly pause: Pause;
  readonly grace: Grace;
  readonly observer: OutageObserver;
}

/** Repeats `attempt` until it succeeds, whatever it rejects with: skipping the records would lose them. */
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
 * Returns the result of the attempt. Rejects if it is cancelled and the grace period is over: otherwise a hanging store would
 * keep the member from handing over its partitions. Saving is idempotent, so an abandoned attempt that succeeds later does no harm.
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
  new DomainError('STORE_UNAVAILABLE', 'Cancelled before the store confirmed.');
