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

/**
 * The number of days for which dead letters are kept. An edge letter holds input that the API refused, and never was on the log. All others
 * hold records of the log, which the service had accepted.
 */
export interface DeadLetterRetention {
  readonly edgeDays: number;
  /** Undefined keeps the letters with records of the log forever. */
  readonly logDays: number | undefined;
}

/** The maximum total size of all edge letters, in bytes. */
export const maxEdgeBytes: number = 256 * 1024 * 1024;

// Each process may exceed the quota by this many bytes between two sweeps.
const uncheckedBytes = 16 * 1024 * 1024;
// The number of letters that a store removes at once. It is small, so that other work is not delayed for long.
const limit = 500;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes the oldest edge letters while the total size of edge letters exceeds `maxEdgeBytes`. A sweep with the reason `schedule` also
 * removes letters that are too old. It measures their age from its own time or that of the previous scheduled sweep, whichever is earlier.
 * So a clock that jumps ahead briefly removes nothing. Throws STORE_UNAVAILABLE and STORE_TIMEOUT; the next sweep continues.
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

/** Wraps a queue to keep edge letters within their quota: after each 16 MiB of them, `add` also sweeps before it resolves. */
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
