import type { UserActivity } from '@user-activity/domain';

/** A failed login of a user, and when it happened. */
export interface Failure {
  readonly id: string;
  readonly at: number;
  /** Whether its burst was reported already. State files on disk have this name. */
  readonly told: boolean;
}

const windowMs = 60_000;
const burstSize = 5;
const maxFailures = 10;
const maxUsers = 1000;

/**
 * Reports each burst of five failed logins of a user within a minute once. It uses the times of the logins, not their order on the log,
 * and counts a login that is delivered twice once. A burst is over after a minute without failures. The state has the latest ten failures
 * of each user, for the thousand users with the latest failures.
 */
export class FailedLogins {
  /** Failures by user, in the order of arrival: users too, by their latest failure. */
  readonly #users: Map<string, readonly Failure[]>;

  constructor(known: Iterable<readonly [user: string, failures: readonly Failure[]]> = []) {
    this.#users = new Map(known);
  }

  /** The constructor argument for another instance that continues from this state. */
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
    const mustReport =
      !wasReported &&
      burst.slice(burstSize - 1).some(({ at }, index) => at - (burst[index]?.at ?? 0) < windowMs);
    const isReported = wasReported || mustReport;
    this.#users.delete(userId);
    this.#users.set(
      userId,
      failures.map((failure) => (burst.includes(failure) ? { ...failure, told: isReported } : failure)),
    );
    for (const user of this.#users.keys()) if (this.#users.size > maxUsers) this.#users.delete(user);
    return mustReport;
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
