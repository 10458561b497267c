import {
  type ActivityOutcome,
  type Cancellation,
  isDomainError,
  type Turns,
  type UserActivity,
} from '@user-activity/domain';
import { type Lookup, lookUp, type LookupDeps } from '../querying/look-up.ts';

/** Resolves after this number of milliseconds. */
export type Sleep = (ms: number) => Promise<void>;

export interface OutcomeWaiterDeps extends LookupDeps {
  readonly sleep: Sleep;
  /** Shares the event loop between comparisons and other work. */
  readonly turns: Turns;
  /** The maximum number of requests that wait at a time. */
  readonly max: number;
}

interface Request {
  readonly activity: UserActivity;
  looks: number;
  /** The tick of the next look. */
  due: number;
  settle(outcome: ActivityOutcome): void;
  fail(bug: unknown): void;
}

const tickMs = 20;
/** The maximum number of activities in one query. */
const maxAtOnce = 250;
// The longest time between two looks is 500 ms.
const maxTicks = 25;

/**
 * Waits for the outcomes of logged activities. Another process may store them, so it asks the store: after 20 ms, 40, 80 and so on, up
 * to every 500 ms, with one query for up to 250 activities that are due. It goes on while the store does not answer. A request beyond `max`,
 * or after `close`, gets `accepted` at once.
 */
export class OutcomeWaiter {
  readonly max: number;
  readonly #deps: OutcomeWaiterDeps;
  readonly #requests: Set<Request> = new Set();
  #tick = 0;
  #looking = false;
  #closed = false;

  constructor(deps: OutcomeWaiterDeps) {
    this.#deps = deps;
    this.max = deps.max;
  }

  /** The number of waiting requests. */
  get waiting(): number {
    return this.#requests.size;
  }

  /** Resolves with the outcome once it is known, or with `accepted` when `until` is aborted. */
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
      looks: 0,
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
    void this.#look();
    return promise;
  }

  /** Answers all waiting and later requests with `accepted`. */
  close(): void {
    this.#closed = true;
    for (const request of this.#requests) request.settle('accepted');
  }

  /** Looks at each tick while a request waits. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    while (this.#requests.size > 0) {
      await this.#deps.sleep(tickMs);
      this.#tick += 1;
      const due = [...this.#requests].filter((request) => request.due <= this.#tick);
      if (due.length > 0) await this.#settle(due);
    }
    this.#looking = false;
  }

  async #settle(due: readonly Request[]): Promise<void> {
    for (let from = 0; from < due.length; from += maxAtOnce)
      await this.#settlePortion(due.slice(from, from + maxAtOnce));
  }

  async #settlePortion(due: readonly Request[]): Promise<void> {
    try {
      const lookup = await lookUp(this.#deps, [...new Set(due.map(({ activity }) => activity.id))]);
      const turn = this.#deps.turns.begin();
      for (const request of due) {
        // Comparing large metadata takes up to 66 ms.
        if (lookup.stored.has(request.activity.id) && turn.isOver) await turn.next();
        if (!this.#requests.has(request)) continue;
        const outcome = outcomeIn(lookup, request.activity);
        if (outcome !== undefined) request.settle(outcome);
      }
    } catch (error) {
      if (!isDomainError(error)) for (const request of due) request.fail(error);
    }
    for (const request of due) {
      request.looks += 1;
      request.due = this.#tick + Math.min(maxTicks, 2 ** request.looks);
    }
  }
}

/** Returns the outcome of the activity, or undefined if it is not known yet. */
function outcomeIn({ stored, died }: Lookup, activity: UserActivity): ActivityOutcome | undefined {
  const comparison = stored.get(activity.id)?.compare(activity);
  if (comparison !== undefined) return comparison === 'redelivered' ? 'stored' : comparison;
  const diedAt = died.get(activity.id);
  // An older letter belongs to an earlier attempt.
  return diedAt !== undefined && diedAt >= activity.receivedAt ? 'dead_lettered' : undefined;
}
