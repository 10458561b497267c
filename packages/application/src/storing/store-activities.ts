import {
  type ActivityRepository,
  type Cancellation,
  type Clock,
  cutReason,
  type DeadLetter,
  type DeadLetterCode,
  type DeadLetterQueue,
  DomainError,
  emptyTally,
  firstCopyOf,
  type LogRecord,
  type OutageObserver,
  type RecordOutcome,
  type SaveOutcome,
  type UserActivity,
} from '@user-activity/domain';

/** The number of records by outcome. The numbers add up to the number of records. */
export type StoreTally = Readonly<Record<RecordOutcome, number>>;

/**
 * Stores records of the log. Resolves once each record is stored, was stored before, or is a dead letter: only then may the
 * records be committed. A record that can't be read or stored does not block the others. While the store or the queue is
 * unreachable it retries. If it is cancelled meanwhile it rejects, and nothing may be committed. A pending attempt may then
 * continue until the grace period is over, and is abandoned afterwards.
 */
export type StoreActivities = (records: readonly LogRecord[], signal: Cancellation) => Promise<StoreTally>;

/** Waits before the next attempt, longer after more failures (from 1). Returns early if cancelled. */
export type Pause = (failures: number, signal: Cancellation) => Promise<void>;

/** Resolves when the grace period of a cancelled attempt is over. */
export type Grace = () => Promise<void>;

export interface StoreActivitiesDeps {
  readonly repository: Pick<ActivityRepository, 'save'>;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly grace: Grace;
  readonly observer: OutageObserver;
}

export const makeStoreActivities = (deps: StoreActivitiesDeps): StoreActivities =>
  async function storeActivities(records, signal) {
    const tally = emptyTally();
    const letters: DeadLetter[] = [];
    const addLetter = (record: LogRecord, code: DeadLetterCode, reason: string): void => {
      // With the first copy's origin, so that replays of a record do not give several letters.
      letters.push({
        ...firstCopyOf(record),
        code,
        reason: cutReason(reason),
        diedAt: deps.clock.now(),
        ...projectAndIdOf(record),
      });
    };
    const readable: LogRecord[] = [];
    const activities: UserActivity[] = [];
    for (const record of records) {
      if (record.content.name === 'Unreadable') {
        addLetter(record, 'unreadable', record.content.reason);
        tally.dead_lettered += 1;
      } else {
        readable.push(record);
        activities.push(record.content.activity);
      }
    }

    const outcomes =
      activities.length === 0 ? [] : await persist(deps, signal, () => deps.repository.save(activities));
    for (const [index, record] of readable.entries()) {
      const outcome = outcomeOf(outcomes, index);
      if (typeof outcome === 'object') {
        addLetter(record, 'refused', outcome.refused);
        tally.dead_lettered += 1;
      } else {
        if (outcome === 'conflict') addLetter(record, 'conflict', 'its id already holds another fact');
        tally[outcome] += 1;
      }
    }

    if (letters.length > 0) await persist(deps, signal, () => deps.deadLetterQueue.add(letters));
    return tally;
  };

function projectAndIdOf({ content }: LogRecord): Pick<DeadLetter, 'project' | 'activityId'> {
  if (content.name === 'Unreadable') return { project: content.project };
  const { project, id } = content.activity;
  return { project, activityId: id };
}

function outcomeOf(outcomes: readonly SaveOutcome[], index: number): SaveOutcome {
  const outcome = outcomes[index];
  // Continuing would commit an activity that may not be stored.
  if (outcome === undefined) throw new Error('The repository broke its promise R4: an outcome is missing.');
  return outcome;
}

/** Repeats `attempt` until it succeeds, whatever it rejects with: skipping the records would lose them. */
export async function persist<Result>(
  { pause, grace, observer }: StoreActivitiesDeps,
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
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([attempt, abandoned.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const cancelled = (): DomainError =>
  new DomainError('STORE_UNAVAILABLE', 'Cancelled before the store confirmed.');
