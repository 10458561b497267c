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
 * Stores what the log delivered. Resolves once every record is stored, known already, or in the dead letters: only then
 * may it be committed. A record that nobody can read or store never holds up the others. While the store or the queue is
 * out of reach it tries again for as long as it takes; when cancelled meanwhile it rejects, and nothing may be committed. An
 * attempt that is under way then is left behind when its grace is over, whatever becomes of it.
 */
export type StoreActivities = (records: readonly LogRecord[], signal: Cancellation) => Promise<StoreTally>;

/** Waits before the next attempt, the longer the more of them failed (from 1); returns early when cancelled. */
export type Pause = (failures: number, signal: Cancellation) => Promise<void>;

/** Resolves when an attempt that was cancelled has been waited for long enough. */
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
    const bury = (record: LogRecord, code: DeadLetterCode, reason: string): void => {
      // As its first copy: one fact has one letter, however often it is published again and dies.
      letters.push({
        ...firstCopyOf(record),
        code,
        reason: cutReason(reason),
        diedAt: deps.clock.now(),
        ...activityIn(record),
      });
    };
    const readable: LogRecord[] = [];
    const activities: UserActivity[] = [];
    for (const record of records) {
      if (record.content.name === 'Unreadable') {
        bury(record, 'unreadable', record.content.reason);
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
        bury(record, 'refused', outcome.refused);
        tally.dead_lettered += 1;
      } else {
        if (outcome === 'conflict') bury(record, 'conflict', 'its id already holds another fact');
        tally[outcome] += 1;
      }
    }

    if (letters.length > 0) await persist(deps, signal, () => deps.deadLetterQueue.add(letters));
    return tally;
  };

const activityIn = ({ content }: LogRecord): Pick<DeadLetter, 'activityId'> =>
  content.name === 'ActivityLogged' ? { activityId: content.activity.id } : {};

function outcomeOf(outcomes: readonly SaveOutcome[], index: number): SaveOutcome {
  const outcome = outcomes[index];
  // To go on would commit an activity of which nobody knows whether it is stored.
  if (outcome === undefined) throw new Error('The repository broke its promise R4: an outcome is missing.');
  return outcome;
}

/** Does it until it works. Whatever it rejects with, skipping the records would lose them. */
async function persist<Result>(
  { pause, grace, observer }: StoreActivitiesDeps,
  signal: Cancellation,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 0; ; ) {
    let failure: unknown;
    try {
      if (signal.aborted) throw cancelled();
      const result = await unlessLeft(attempt(), grace, signal);
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
 * What an attempt gives. A store that hangs would otherwise keep a member from handing its partitions over, and with it the
 * whole group. Saving is idempotent, so one that is left and comes to its end later does no harm.
 */
async function unlessLeft<Result>(
  attempt: Promise<Result>,
  grace: Grace,
  signal: Cancellation,
): Promise<Result> {
  const left = Promise.withResolvers<never>();
  const leave = async (): Promise<void> => {
    await grace();
    left.reject(cancelled());
  };
  const onAbort = (): void => void leave();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([attempt, left.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const cancelled = (): DomainError =>
  new DomainError('STORE_UNAVAILABLE', 'Cancelled before the store confirmed.');
