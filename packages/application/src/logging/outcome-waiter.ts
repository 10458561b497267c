import {
  type ActivityKey,
  ActivityKeyText,
  type ActivityOutcome,
  type Cancellation,
  type Comparison,
  isDomainError,
  type RecordedErasure,
  type StoredActivity,
  type Turns,
  type UserActivity,
} from '@user-activity/domain';
import type { ErasureDeps } from '../projects/find-erasures.ts';
import { type Lookup, lookUp, type LookupDeps } from '../querying/look-up.ts';
import type { Anonymiser } from '../storing/anonymised-record.ts';
import { compareAnonymised } from '../users/compare-anonymised.ts';
import type { UserErasureDeps } from '../users/user-erasures.ts';
import { ErasuresOfPending } from './erasures-of-pending.ts';

/** Resolves after this number of milliseconds. */
export type Sleep = (ms: number) => Promise<void>;

export interface OutcomeWaiterDeps extends LookupDeps, ErasureDeps, UserErasureDeps {
  readonly anonymiser: Pick<Anonymiser, 'replace'>;
  readonly sleep: Sleep;
  /** Shares the event loop between comparisons and other work. */
  readonly turns: Turns;
  /** The maximum number of requests that wait at the same time. */
  readonly max: number;
}

interface Request {
  readonly activity: UserActivity;
  queries: number;
  /** The tick of the next query. */
  due: number;
  settle(outcome: ActivityOutcome): void;
  fail(bug: unknown): void;
}

/** Undefined if the outcome is not known yet. */
type MaybeOutcome = ActivityOutcome | undefined;

const tickMs = 20;
/** The maximum number of activities in one query. */
const maxAtOnce = 250;
// The longest interval between two queries, in ticks: 500 ms.
const maxTicks = 25;
// Erasures are rare, so a request without an outcome looks for them only after this number of queries.
const queriesBeforeErasures = 4;

/**
 * Waits for the outcomes of logged activities. Another process may store them, so the waiter polls the store. The interval between the
 * queries for an activity grows from 20 ms to 500 ms, and one query covers up to 250 activities. If the store is unavailable, polling goes on.
 */
export class OutcomeWaiter {
  readonly max: number;
  readonly #deps: OutcomeWaiterDeps;
  readonly #requests: Set<Request> = new Set();
  #tick = 0;
  #isPolling = false;
  #closed = false;

  constructor(deps: OutcomeWaiterDeps) {
    this.#deps = deps;
    this.max = deps.max;
  }

  /** The number of waiting requests. */
  get waiting(): number {
    return this.#requests.size;
  }

  /**
   * Resolves with the outcome once it is known, or with `accepted` when `until` is aborted. Resolves with `accepted` at once if the
   * waiter is closed, or if it already has its maximum of waiting requests.
   */
  async outcomeOf(activity: UserActivity, until: Cancellation): Promise<ActivityOutcome> {
    if (until.aborted || this.#closed || this.#requests.size >= this.max) return 'accepted';
    const { promise, resolve, reject } = Promise.withResolvers<ActivityOutcome>();
    const giveUp = (): void => request.settle('accepted');
    const forget = (): void => {
      this.#requests.delete(request);
      until.removeEventListener('abort', giveUp);
    };
    const request: Request = {
      activity,
      queries: 0,
      due: this.#tick + 1,
      settle(outcome) {
        forget();
        resolve(outcome);
      },
      fail(bug) {
        forget();
        reject(bug);
      },
    };
    until.addEventListener('abort', giveUp, { once: true });
    this.#requests.add(request);
    void this.#poll();
    return promise;
  }

  /** Answers all waiting and later requests with `accepted`. */
  close(): void {
    this.#closed = true;
    for (const request of this.#requests) request.settle('accepted');
  }

  /** While any request waits, queries the store every 20 ms for the requests that are due. */
  async #poll(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    while (this.#requests.size > 0) {
      await this.#deps.sleep(tickMs);
      this.#tick += 1;
      const due = [...this.#requests].filter((request) => request.due <= this.#tick);
      if (due.length > 0) await this.#settle(due);
    }
    this.#isPolling = false;
  }

  async #settle(due: readonly Request[]): Promise<void> {
    for (let from = 0; from < due.length; from += maxAtOnce)
      await this.#settlePortion(due.slice(from, from + maxAtOnce));
  }

  /**
   * Looks up erasures, and answers requests: with `erased` if the activity of the request was erased, otherwise with the outcome that was
   * found, unless the stored activity with its id is about to be erased. Requests without an answer keep waiting.
   */
  async #settleWithErasures(requests: ReadonlyMap<Request, MaybeOutcome>, { stored }: Lookup): Promise<void> {
    if (requests.size === 0) return;
    const activities = [...requests.keys()].map(({ activity }) => activity);
    const others = activities.flatMap((activity) => stored.get(ActivityKeyText.of(activity)) ?? []);
    const erasures = await ErasuresOfPending.of(this.#deps, [...activities, ...others]);
    for (const [request, found] of requests) {
      const { activity } = request;
      const other = stored.get(ActivityKeyText.of(activity));
      if (erasures.isErased(activity)) request.settle('erased');
      else if (other === undefined || erasures.isErasing(other)) continue;
      else if (found === 'conflict') {
        await this.#settleConflict(request, other, erasures.ofUser(activity));
      } else if (found !== undefined) request.settle(found);
    }
  }

  /** Answers a request if its id has a stored activity that looks different. That may be the same activity after its user was anonymised. */
  async #settleConflict(
    request: Request,
    other: StoredActivity,
    erasures: readonly RecordedErasure[],
  ): Promise<void> {
    try {
      const comparison = await compareAnonymised(this.#deps, other, request.activity, erasures);
      request.settle(outcomeFrom(comparison));
    } catch (error) {
      // Without ANONYMISATION_KEY, only this request keeps waiting.
      if (!isDomainError(error)) throw error;
    }
  }

  async #settlePortion(due: readonly Request[]): Promise<void> {
    try {
      const lookup = await lookUp(this.#deps, keysOf(due));
      const turn = this.#deps.turns.begin();
      const unsure = new Map<Request, MaybeOutcome>();
      for (const request of due) {
        // Comparing large metadata takes up to 66 ms, so other work gets a turn in between.
        if (lookup.stored.has(ActivityKeyText.of(request.activity)) && turn.isOver) await turn.next();
        if (!this.#requests.has(request)) continue;
        const outcome = outcomeIn(lookup, request.activity);
        if (outcome === 'stored' || outcome === 'dead_lettered') request.settle(outcome);
        else if (outcome !== undefined || request.queries >= queriesBeforeErasures)
          unsure.set(request, outcome);
      }
      await this.#settleWithErasures(unsure, lookup);
    } catch (error) {
      if (!isDomainError(error)) for (const request of due) request.fail(error);
    }
    for (const request of due) {
      request.queries += 1;
      request.due = this.#tick + Math.min(maxTicks, 2 ** request.queries);
    }
  }
}

/** Returns the keys of the activities without duplicates, because several requests may wait for the same activity. */
const keysOf = (due: readonly Request[]): readonly ActivityKey[] => [
  ...new Map(due.map(({ activity }) => [ActivityKeyText.of(activity), activity])).values(),
];

const outcomeFrom = (comparison: Comparison): ActivityOutcome =>
  comparison === 'redelivered' ? 'stored' : comparison;

/** Returns the outcome of the activity, or undefined if it is not known yet. */
function outcomeIn({ stored, died }: Lookup, activity: UserActivity): MaybeOutcome {
  const key = ActivityKeyText.of(activity);
  const comparison = stored.get(key)?.compare(activity);
  if (comparison !== undefined) return outcomeFrom(comparison);
  const diedAt = died.get(key);
  // A dead letter from before the receipt belongs to an earlier activity with this id.
  return diedAt !== undefined && diedAt >= activity.receivedAt ? 'dead_lettered' : undefined;
}
