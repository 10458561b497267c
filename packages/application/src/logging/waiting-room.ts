import { type Cancellation, isDomainError, type Turns, type UserActivity } from '@user-activity/domain';
import { type Lookup, lookUp, type LookupDeps } from '../querying/look-up.ts';

/**
 * What became of an activity that the log holds:
 *  - `accepted`       nobody knows yet;
 *  - `stored`         it is there, and was not before;
 *  - `duplicate`      the same fact was there under its id already;
 *  - `conflict`       its id holds another fact;
 *  - `dead_lettered`  it could not be stored, and is a dead letter;
 *  - `erased`         its user was erased. Nothing is known to be so before there are erasures.
 */
export type Outcome = 'accepted' | 'stored' | 'duplicate' | 'conflict' | 'dead_lettered' | 'erased';

/** Waits so many milliseconds. */
export type Sleep = (ms: number) => Promise<void>;

/** What a waiting room needs, and how many it takes. */
export interface WaitingRoomDeps extends LookupDeps {
  readonly sleep: Sleep;
  /** Share the event loop between comparisons and other work. */
  readonly turns: Turns;
  /** So many wait at a time; for more there is no room. */
  readonly most: number;
}

interface Waiter {
  readonly activity: UserActivity;
  looks: number;
  /** The tick with which it is looked up next. */
  due: number;
  settle(outcome: Outcome): void;
  fail(bug: unknown): void;
}

const tickMs = 20;
/** At most so many are looked up at once. */
const askedAtOnce = 250;
// 500 ms.
const mostTicks = 25;

/**
 * Where those wait who want to know what became of an activity that they logged. Another process may store it, so the store
 * is asked: for all that are due at once, and for each after 20 ms, 40, 80 and so on up to every 500 ms. A store that does not
 * answer knows nothing yet. Whoever finds no room, or a closed one, learns at once that nobody knows yet.
 */
export class WaitingRoom {
  readonly most: number;
  readonly #deps: WaitingRoomDeps;
  readonly #waiters: Set<Waiter> = new Set();
  #tick = 0;
  #looking = false;
  #closed = false;

  constructor(deps: WaitingRoomDeps) {
    this.#deps = deps;
    this.most = deps.most;
  }

  /** How many wait now. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Resolves as soon as it is known, or with `accepted` when it is no longer waited for. */
  async outcomeOf(activity: UserActivity, until: Cancellation): Promise<Outcome> {
    if (until.aborted || this.#closed || this.#waiters.size >= this.most) return 'accepted';
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const leave = (): void => waiter.settle('accepted');
    const forget = (): void => {
      this.#waiters.delete(waiter);
      until.removeEventListener('abort', leave);
    };
    const waiter: Waiter = {
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
    until.addEventListener('abort', leave, { once: true });
    this.#waiters.add(waiter);
    void this.#look();
    return promise;
  }

  /** Nobody waits any longer, from now on: all learn what is known. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.settle('accepted');
  }

  /** Looks again and again for as long as somebody waits. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    while (this.#waiters.size > 0) {
      await this.#deps.sleep(tickMs);
      this.#tick += 1;
      const due = [...this.#waiters].filter((waiter) => waiter.due <= this.#tick);
      if (due.length > 0) await this.#tell(due);
    }
    this.#looking = false;
  }

  async #tell(due: readonly Waiter[]): Promise<void> {
    for (let from = 0; from < due.length; from += askedAtOnce)
      await this.#tellSome(due.slice(from, from + askedAtOnce));
  }

  async #tellSome(due: readonly Waiter[]): Promise<void> {
    try {
      const known = await lookUp(this.#deps, [...new Set(due.map(({ activity }) => activity.id))]);
      const turn = this.#deps.turns.begin();
      for (const waiter of due) {
        // Metadata that is large on either side takes up to 66 ms.
        if (known.stored.has(waiter.activity.id) && turn.isOver) await turn.next();
        if (!this.#waiters.has(waiter)) continue;
        const outcome = outcomeIn(known, waiter.activity);
        if (outcome !== undefined) waiter.settle(outcome);
      }
    } catch (error) {
      if (!isDomainError(error)) for (const waiter of due) waiter.fail(error);
    }
    for (const waiter of due) {
      waiter.looks += 1;
      waiter.due = this.#tick + Math.min(mostTicks, 2 ** waiter.looks);
    }
  }
}

/** What is known of the activity, undefined where nothing is. */
function outcomeIn({ stored, died }: Lookup, activity: UserActivity): Outcome | undefined {
  const comparison = stored.get(activity.id)?.compare(activity);
  if (comparison !== undefined) return comparison === 'redelivered' ? 'stored' : comparison;
  const diedAt = died.get(activity.id);
  // A letter of before is of an earlier attempt, which says nothing of this one.
  return diedAt !== undefined && diedAt >= activity.receivedAt ? 'dead_lettered' : undefined;
}
