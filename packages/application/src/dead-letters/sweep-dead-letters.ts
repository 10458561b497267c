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

/** The number of days for which dead letters are kept. */
export interface DeadLetterRetention {
  /** For letters of the edge, whose senders were told of the refusal. */
  readonly edgeDays: number;
  /** For letters from the log, which were answered 202; undefined keeps them forever. */
  readonly logDays: number | undefined;
}

/** The maximum total size of all letters of the edge, in bytes. */
export const maxEdgeBytes: number = 256 * 1024 * 1024;

// Each process may exceed the quota by this much between two sweeps.
const uncheckedBytes = 16 * 1024 * 1024;
// A store removes this many letters without delaying other work for long.
const limit = 500;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes the oldest letters of the edge while all of them exceed `maxEdgeBytes`, and on `schedule` also the letters that are
 * too old. The age is measured from the earlier of this and the previous scheduled sweep, so that a clock that is wrong for a
 * moment removes nothing. Throws STORE_UNAVAILABLE and STORE_TIMEOUT; the next sweep continues.
 */
export type SweepDeadLetters = (reason: 'schedule' | 'quota') => Promise<LetterSweep>;

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
  return async function sweepDeadLetters(reason) {
    const now = clock.now();
    const earlier = previous === undefined || reason === 'quota' ? undefined : Math.min(previous, now);
    if (reason === 'schedule') previous = now;
    const before = (days: number | undefined): Timestamp | undefined =>
      earlier === undefined || days === undefined
        ? undefined
        : Timestamp.fromMillis(Math.max(0, earlier - days * dayMs));
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

/** Returns the queue with a quota: after each 16 MiB of letters of the edge, it sweeps before it resolves. */
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
        // The letters are kept, so the caller must not add them again. The next call sweeps.
        unchecked = uncheckedBytes;
      }
    },
  };
}

const edgeBytesOf = (letters: readonly DeadLetter[]): number =>
  letters.filter(({ origin }) => isOfEdge(origin)).reduce((sum, letter) => sum + countedBytes(letter), 0);
