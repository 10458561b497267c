import {
  type Clock,
  DeadLetterCode,
  DeadLetterId,
  type DeadLetterPosition,
  DeadLetterQuery,
  type DeadLetterRepository,
  type EventPublisher,
  isDomainError,
  isOfEdge,
  type Principal,
  type ProjectId,
  type Claim,
  TimeRange,
  Timestamp,
} from '@user-activity/domain';
import type { Audit } from '../audit/audit.ts';
import { wholeLetters } from './whole-letters.ts';

/** The result of a replay. */
export interface ReplayReceipt {
  /** The number of records that are on the log again. Their letters are removed. */
  readonly replayed: number;
  /** The number of records that exceed the log's current size limit. Their letters stay. */
  readonly tooLarge: number;
  /** Whether the call stopped early because it took too long. The next call continues with the remaining letters. */
  readonly more: boolean;
}

/**
 * Appends the records of dead letters to the log again, so that they are handled like new records. `which` names the letters of the project
 * by id, or means all that died before the call. Letters that never were on the log (code `invalid`) stay. Returns 'under way' and does
 * nothing while any process runs another replay, because two at a time would append each record twice.
 * Unknown ids are ignored, so a call that stopped early can be repeated unchanged. A letter is removed only after the log
 * holds its record. If the removal fails, the record may be replayed again, but its activity is stored once. Throws
 * LOG_UNAVAILABLE, LOG_BUSY, STORE_UNAVAILABLE and STORE_TIMEOUT; the remaining letters stay listed.
 */
export type ReplayDeadLetters = (
  principal: Principal,
  project: ProjectId,
  which: readonly DeadLetterId[] | 'all',
) => Promise<ReplayReceipt | 'under way'>;

interface Deps {
  readonly deadLetters: DeadLetterRepository;
  readonly publisher: EventPublisher;
  readonly clock: Clock;
  readonly audit: Audit;
  /** The time that the log and the store may take for one portion of letters, in milliseconds. */
  readonly maxPortionMs: number;
}

// Limits how many ids are in memory.
const pageSize = 200;
// Clients and proxies time out requests that take much longer.
const maxMs = 20_000;

export const makeReplayDeadLetters = (deps: Deps): ReplayDeadLetters => {
  let unreleased: Claim | undefined;
  return async function replayDeadLetters(principal, project, which) {
    // A claim that the last replay could not release would block this one.
    if (unreleased !== undefined) await deps.deadLetters.releaseReplay(unreleased);
    unreleased = undefined;
    const from = deps.clock.now();
    const deadline = from + maxMs;
    // No replay takes longer than its claim. If the process dies, the claim blocks other replays until its end.
    const claim = { from, until: Timestamp.fromMillis(deadline + deps.maxPortionMs) };
    if ((await deps.deadLetters.claimReplay(claim)) === 'taken') return 'under way';
    try {
      return await deps.audit(
        {
          type: 'DEAD_LETTERS_REPLAYED',
          principal,
          details: { project, letters: which === 'all' ? which : which.length },
        },
        () => replay(deps, project, which, deadline),
        (receipt) => ({ ...receipt }),
      );
    } finally {
      await deps.deadLetters.releaseReplay(claim).catch((error: unknown) => {
        if (!isDomainError(error)) throw error;
        unreleased = claim;
      });
    }
  };
};

/** Replays letters in portions. No portion begins after the deadline. */
async function replay(
  deps: Deps,
  project: ProjectId,
  which: readonly DeadLetterId[] | 'all',
  deadline: number,
): Promise<ReplayReceipt> {
  const receipt = { replayed: 0, tooLarge: 0, more: false };
  for await (const ids of which === 'all' ? allIds(deps, project) : [which.filter(wasOnLog)])
    for await (const whole of wholeLetters(deps.deadLetters, project, ids)) {
      if (deps.clock.now() > deadline) return { ...receipt, more: true };
      const outcomes = await deps.publisher.republish(whole);
      const published = whole.filter((_, index) => outcomes[index] === 'published');
      await deps.deadLetters.remove(published);
      receipt.replayed += published.length;
      receipt.tooLarge += whole.length - published.length;
    }
  return receipt;
}

const wasOnLog = (id: DeadLetterId): boolean => !isOfEdge(DeadLetterId.originOf(id));

/** Yields pages with the ids of all replayable letters, the oldest first. Omits letters that die after the start, so that the loop ends. */
async function* allIds(
  { deadLetters, clock }: Deps,
  project: ProjectId,
): AsyncGenerator<readonly DeadLetterId[]> {
  const filter = {
    project,
    codes: DeadLetterCode.replayable,
    diedAt: TimeRange.between(undefined, clock.now()),
  };
  let after: DeadLetterPosition | undefined;
  do {
    const page = await deadLetters.find(DeadLetterQuery.of({ filter, order: 'asc', limit: pageSize, after }));
    yield page.letters.map(({ id }) => id);
    after = page.hasMore ? page.letters.at(-1) : undefined;
  } while (after !== undefined);
}
