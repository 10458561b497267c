import {
  type Clock,
  countedBytes,
  type DeadLetter,
  type DeadLetterQueue,
  type DeadLetterRepository,
  isDomainError,
  isOfEdge,
  type LetterSweep,
  Timestamp,
} from '@user-activity/domain';

/** For how many days dead letters are kept. */
export interface DeadLetterRetention {
  /** Those of the edge, whose senders were told that nothing was taken in. */
  readonly edgeDays: number;
  /** Those that came off the log, which were answered 202; undefined keeps them for good. */
  readonly logDays: number | undefined;
}

/** The most bytes of all letters of the edge together. */
export const maxEdgeBytes: number = 256 * 1024 * 1024;

// Senders that are quicker than the sweeps can go beyond the quota by as much, at each process that they send to.
const uncheckedBytes = 16 * 1024 * 1024;
// What a store removes at a time without holding up others for long.
const limit = 500;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes the dead letters that are due: on `schedule` those that are too old, and always the oldest of the edge beyond
 * `maxEdgeBytes`. An age counts from the earlier of this and the previous scheduled time, so that a clock that is wrong for a
 * moment removes nothing. Throws STORE_UNAVAILABLE and STORE_TIMEOUT: the next sweep goes on.
 */
export type SweepDeadLetters = (why: 'schedule' | 'quota') => Promise<LetterSweep>;

export const makeSweepDeadLetters = ({
  deadLetters,
  clock,
  retention: { edgeDays, logDays },
}: {
  readonly deadLetters: Pick<DeadLetterRepository, 'sweep'>;
  readonly clock: Clock;
  readonly retention: DeadLetterRetention;
}): SweepDeadLetters => {
  let previous: Timestamp | undefined;
  return async function sweepDeadLetters(why) {
    const now = clock.now();
    const believed = previous === undefined || why === 'quota' ? undefined : Math.min(previous, now);
    if (why === 'schedule') previous = now;
    const before = (days: number | undefined): Timestamp | undefined =>
      believed === undefined || days === undefined
        ? undefined
        : Timestamp.fromMillis(Math.max(0, believed - days * dayMs));
    const limits = { edgeBefore: before(edgeDays), logBefore: before(logDays), maxEdgeBytes, limit };
    const total = { expired: 0, evicted: 0 };
    for (;;) {
      const { expired, evicted, edgeBytes } = await deadLetters.sweep(limits);
      total.expired += expired;
      total.evicted += evicted;
      if (expired + evicted < limit) return { ...total, edgeBytes };
    }
  };
};

/** The same queue. Whenever it took in much of the edge, it answers after the quota was enforced: no sender is quicker than that. */
export function withinQuota(queue: DeadLetterQueue, sweepDeadLetters: SweepDeadLetters): DeadLetterQueue {
  let unchecked = 0;
  return {
    async add(letters) {
      await queue.add(letters);
      unchecked += edgeBytesOf(letters);
      if (unchecked < uncheckedBytes) return;
      unchecked = 0;
      try {
        await sweepDeadLetters('quota');
      } catch (error) {
        if (!isDomainError(error)) throw error;
        // The letters are kept: their sender has nothing to do again.
        unchecked = uncheckedBytes;
      }
    },
  };
}

const edgeBytesOf = (letters: readonly DeadLetter[]): number =>
  letters.filter(({ origin }) => isOfEdge(origin)).reduce((sum, letter) => sum + countedBytes(letter), 0);
