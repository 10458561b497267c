import {
  type Clock,
  type DeadLetter,
  DeadLetterCode,
  DeadLetterId,
  type DeadLetterPosition,
  DeadLetterQuery,
  type DeadLetterRepository,
  type EventPublisher,
  isDomainError,
  isOfEdge,
  type ReplayClaim,
  TimeRange,
  Timestamp,
} from '@user-activity/domain';

/** What became of letters that were to be replayed. */
export interface ReplayReceipt {
  /** How many the log holds again; their letters are gone. */
  readonly replayed: number;
  /** How many the log can't hold any more, as it takes smaller records now; their letters stay. */
  readonly tooLarge: number;
  /** Whether the call ended before it was through with all, as it took too long: another goes on with those that are left. */
  readonly more: boolean;
}

/**
 * Sends dead letters back to the end of the log, to be judged again: those of the ids, or all that died before the call. What
 * never was on the log (code `invalid`) stays where it is. While another replay is under way, in whatever process, it returns
 * `under way` and does nothing: side by side they would append each letter several times.
 * An id that there is no letter of does not count, so that a call that was cut short can be repeated as it was. A letter is
 * removed only after the log holds it; if anything fails in between it is replayed twice, which the store keeps once. Throws
 * LOG_UNAVAILABLE, LOG_BUSY, STORE_UNAVAILABLE and STORE_TIMEOUT: what is left stays listed.
 */
export type ReplayDeadLetters = (
  which: readonly DeadLetterId[] | 'all',
) => Promise<ReplayReceipt | 'under way'>;

interface Deps {
  readonly deadLetters: DeadLetterRepository;
  readonly publisher: EventPublisher;
  readonly clock: Clock;
  /** How long log and store may take for the letters that are in memory at a time. */
  readonly maxPortionMs: number;
}

// What is in memory at a time: that many listed letters, and that many bytes of whole ones or a single one.
const pageSize = 200;
const maxBytes = 4 * 1024 * 1024;
// Callers and what lies between wait for no answer for ever.
const maxMs = 20_000;
export const makeReplayDeadLetters = (deps: Deps): ReplayDeadLetters => {
  let unreleased: ReplayClaim | undefined;
  return async function replayDeadLetters(which) {
    // The store failed in the midst of the last replay: its claim must not keep out who sends the same again.
    if (unreleased !== undefined) await deps.deadLetters.releaseReplay(unreleased);
    unreleased = undefined;
    const from = deps.clock.now();
    const lastPortion = from + maxMs;
    // As long as a replay takes with its last portion. A process that dies keeps others out as long.
    const claim = { from, until: Timestamp.fromMillis(lastPortion + deps.maxPortionMs) };
    if ((await deps.deadLetters.claimReplay(claim)) === 'taken') return 'under way';
    try {
      return await replay(deps, which, lastPortion);
    } finally {
      await deps.deadLetters.releaseReplay(claim).catch((error: unknown) => {
        if (!isDomainError(error)) throw error;
        unreleased = claim;
      });
    }
  };
};

/** Replays portions of letters; none begins later than that. */
async function replay(
  deps: Deps,
  which: readonly DeadLetterId[] | 'all',
  lastPortion: number,
): Promise<ReplayReceipt> {
  const receipt = { replayed: 0, tooLarge: 0, more: false };
  for await (const some of which === 'all' ? everyPage(deps) : [which.filter(isOfLog)])
    for await (const whole of wholeLetters(deps, some)) {
      if (deps.clock.now() > lastPortion) return { ...receipt, more: true };
      const outcomes = await deps.publisher.republish(whole);
      const gone = whole.filter((_, index) => outcomes[index] === 'published');
      await deps.deadLetters.remove(gone);
      receipt.replayed += gone.length;
      receipt.tooLarge += whole.length - gone.length;
    }
  return receipt;
}

const isOfLog = (id: DeadLetterId): boolean => !isOfEdge(DeadLetterId.originOf(id));

/** The ids of all letters, the oldest first. One that dies again meanwhile is not among them, or it would go round for ever. */
async function* everyPage({ deadLetters, clock }: Deps): AsyncGenerator<readonly DeadLetterId[]> {
  const filter = { codes: DeadLetterCode.replayable, diedAt: TimeRange.between(undefined, clock.now()) };
  let after: DeadLetterPosition | undefined;
  do {
    const page = await deadLetters.find(DeadLetterQuery.of({ filter, order: 'asc', limit: pageSize, after }));
    yield page.letters.map(({ id }) => id);
    after = page.hasMore ? page.letters.at(-1) : undefined;
  } while (after !== undefined);
}

/** The letters of these ids with all their bytes, as many at a time as may be in memory. */
async function* wholeLetters(
  { deadLetters }: Deps,
  ids: readonly DeadLetterId[],
): AsyncGenerator<readonly DeadLetter[]> {
  let left = [...new Set(ids)];
  while (left.length > 0) {
    const whole = await deadLetters.findByIds(left, maxBytes);
    const last = whole.at(-1);
    if (last === undefined) return;
    yield whole;
    left = left.slice(left.indexOf(DeadLetterId.of(last.origin)) + 1);
  }
}
