import type { UserActivity } from '@user-activity/domain';

/** A failed login of a user: when it happened, and whether the burst that it is of was told already. */
export interface Failure {
  readonly id: string;
  readonly at: number;
  readonly told: boolean;
}

const windowMs = 60_000;
const many = 5;
const mostFailures = 10;
const mostUsers = 1000;

/**
 * Tells once for each burst of five failed logins of a user within a minute, by when they happened and in whatever order they come. One
 * that is delivered again counts once. A burst is over after a minute of quiet. Known are the last ten failures to come of each user,
 * and the last thousand users who failed.
 */
export class FailedLogins {
  /** The user who failed last comes last, as do failures. */
  readonly #users: Map<string, readonly Failure[]>;

  constructor(known: Iterable<readonly [user: string, failures: readonly Failure[]]> = []) {
    this.#users = new Map(known);
  }

  /** What another one has to know to go on. */
  get state(): readonly (readonly [user: string, failures: readonly Failure[]])[] {
    return [...this.#users];
  }

  /** Whether this is the one to tell of. */
  add({ id, userId, type, createdAt }: UserActivity): boolean {
    const known = this.#users.get(userId) ?? [];
    if (type !== 'LOGIN_FAILED' || known.some((failure) => failure.id === id)) return false;
    const failures = [...known, { id, at: createdAt, told: false }].slice(-mostFailures);
    const burst = burstAround(createdAt, failures);
    const goesOn = burst.some(({ told }) => told);
    const tells =
      !goesOn && burst.slice(many - 1).some(({ at }, index) => at - (burst[index]?.at ?? 0) < windowMs);
    const told = goesOn || tells;
    this.#users.delete(userId);
    this.#users.set(
      userId,
      failures.map((failure) => (burst.includes(failure) ? { ...failure, told } : failure)),
    );
    for (const user of this.#users.keys()) if (this.#users.size > mostUsers) this.#users.delete(user);
    return tells;
  }
}

/** Those around that time, each less than a minute from the next, in the order of their times. */
function burstAround(time: number, failures: readonly Failure[]): readonly Failure[] {
  let burst: Failure[] = [];
  for (const failure of failures.toSorted((one, other) => one.at - other.at)) {
    const before = burst.at(-1)?.at ?? failure.at;
    if (failure.at - before >= windowMs) {
      if (before >= time) break;
      burst = [];
    }
    burst.push(failure);
  }
  return burst;
}
