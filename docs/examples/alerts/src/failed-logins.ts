import type { UserActivity } from '@user-activity/domain';

/** A failed login of a user, and when it happened. */
export interface Failure {
  readonly id: string;
  readonly at: number;
  /** Whether its burst was reported already. */
  readonly told: boolean;
}

const windowMs = 60_000;
const burstSize = 5;
const maxFailures = 10;
const maxUsers = 1000;

/**
 * Reports each burst of five failed logins of a user within a minute once. The times of the logins count, not their order on the log. A
 * login that is delivered again counts once. A burst is over after a minute without failures. The rule remembers the ten failures of each
 * user that arrived last, and the thousand users who failed last.
 */
export class FailedLogins {
  /** By user. The user and the failure that arrived last are the last. */
  readonly #users: Map<string, readonly Failure[]>;

  constructor(known: Iterable<readonly [user: string, failures: readonly Failure[]]> = []) {
    this.#users = new Map(known);
  }

  /** The state from which another instance can continue. */
  get state(): readonly (readonly [user: string, failures: readonly Failure[]])[] {
    return [...this.#users];
  }

  /** Adds an activity. Returns whether it completes a burst that must be reported now. */
  add({ id, userId, type, createdAt }: UserActivity): boolean {
    const known = this.#users.get(userId) ?? [];
    if (type !== 'LOGIN_FAILED' || known.some((failure) => failure.id === id)) return false;
    const failures = [...known, { id, at: createdAt, told: false }].slice(-maxFailures);
    const burst = burstAround(createdAt, failures);
    const wasReported = burst.some(({ told }) => told);
    const isReported =
      !wasReported &&
      burst.slice(burstSize - 1).some(({ at }, index) => at - (burst[index]?.at ?? 0) < windowMs);
    const told = wasReported || isReported;
    this.#users.delete(userId);
    this.#users.set(
      userId,
      failures.map((failure) => (burst.includes(failure) ? { ...failure, told } : failure)),
    );
    for (const user of this.#users.keys()) if (this.#users.size > maxUsers) this.#users.delete(user);
    return isReported;
  }
}

/** Returns the failures around a time that are each less than a minute from the next, in the order of their times. */
function burstAround(time: number, failures: readonly Failure[]): readonly Failure[] {
  let burst: Failure[] = [];
  for (const failure of failures.toSorted((left, right) => left.at - right.at)) {
    const before = burst.at(-1)?.at ?? failure.at;
    if (failure.at - before >= windowMs) {
      if (before >= time) break;
      burst = [];
    }
    burst.push(failure);
  }
  return burst;
}
