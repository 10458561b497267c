import type { UserActivity } from '@user-activity/domain';

/** What is known of one user: the last failures by id with their times, and whether this burst was told already. */
export interface Burst {
  readonly failures: readonly (readonly [id: string, at: number])[];
  readonly told: boolean;
}

const windowMs = 60_000;
const many = 5;
const mostUsers = 1000;

/**
 * Tells once for each burst of five failed logins of a user within a minute, by when they happened. One that is delivered again
 * counts once. A burst is over when none of its failures is younger than a minute. Of the users who failed, the last thousand are known.
 */
export class FailedLogins {
  /** The one who failed last comes last. */
  readonly #users: Map<string, Burst>;

  constructor(known: Iterable<readonly [user: string, burst: Burst]> = []) {
    this.#users = new Map(known);
  }

  /** What another one has to know to go on. */
  get state(): readonly (readonly [user: string, burst: Burst])[] {
    return [...this.#users];
  }

  /** Whether this is the one to tell of. */
  add({ id, userId, type, createdAt }: UserActivity): boolean {
    if (type !== 'LOGIN_FAILED') return false;
    const { failures, told } = this.#users.get(userId) ?? { failures: [], told: false };
    const all = [...new Map([...failures, [id, createdAt] as const])].toSorted(([, a], [, b]) => a - b);
    const [, latest = createdAt] = all.at(-1) ?? [];
    const recent = all.filter(([, at]) => at > latest - windowMs).slice(-many);
    const goesOn = told && recent.some(([one]) => failures.some(([known]) => known === one));
    const tells = recent.length === many && !goesOn;
    this.#users.delete(userId);
    this.#users.set(userId, { failures: recent, told: goesOn || tells });
    for (const user of this.#users.keys()) if (this.#users.size > mostUsers) this.#users.delete(user);
    return tells;
  }
}
