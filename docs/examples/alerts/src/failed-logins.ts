import { ProjectId, type UserActivity, type UserId } from '@user-activity/domain';

/** A failed login of a user, and when it happened. */
export interface Failure {
  readonly id: string;
  readonly at: number;
  /** Whether the burst of this failure was reported. State files use this name. */
  readonly told: boolean;
}

const windowMs = 60_000;
const burstSize = 5;
const maxFailures = 10;
const maxUsers = 1000;

/**
 * Detects bursts of failed logins, and reports each burst once. A burst is at least five failed logins of a user within a minute, by the
 * times of the logins, not by their order on the log. It ends after a minute without failures. A login that is delivered again is ignored.
 * Users of the same name in two projects are two users. The state has the latest ten failures of each of the thousand users who failed last.
 */
export class FailedLogins {
  /** The failures of each user, in the order of arrival. The keys are from `userKey`. The user who failed last is the last key. */
  readonly #failuresByUser: Map<string, readonly Failure[]>;

  constructor(state: Iterable<readonly [user: string, failures: readonly Failure[]]> = []) {
    this.#failuresByUser = new Map(state);
  }

  /** The failures by user. Pass them to the constructor of another instance to continue there. */
  get state(): readonly (readonly [user: string, failures: readonly Failure[]])[] {
    return [...this.#failuresByUser];
  }

  /** Adds an activity. Returns whether it completes a burst that must be reported now. */
  add({ project, id, userId, type, createdAt }: UserActivity): boolean {
    const key = userKey(project, userId);
    const earlier = this.#failuresByUser.get(key) ?? [];
    if (type !== 'LOGIN_FAILED' || earlier.some((failure) => failure.id === id)) return false;
    const failures = [...earlier, { id, at: createdAt, told: false }].slice(-maxFailures);
    const burst = burstAround(createdAt, failures);
    const wasReported = burst.some(({ told }) => told);
    const mustReport =
      !wasReported &&
      burst.slice(burstSize - 1).some(({ at }, index) => at - (burst[index]?.at ?? 0) < windowMs);
    const isReported = wasReported || mustReport;
    this.#failuresByUser.delete(key);
    this.#failuresByUser.set(
      key,
      failures.map((failure) => (burst.includes(failure) ? { ...failure, told: isReported } : failure)),
    );
    for (const user of this.#failuresByUser.keys())
      if (this.#failuresByUser.size > maxUsers) this.#failuresByUser.delete(user);
    return mustReport;
  }
}

/**
 * Returns the key of a user in the state. In the project `default` it is the user's id, as in state files of older versions. In any other
 * project it is a line break, the project, a line break and the id. No user's id has a line break, so all keys differ.
 */
const userKey = (project: ProjectId, userId: UserId): string =>
  project === ProjectId.default ? userId : `\n${project}\n${userId}`;

/** Returns the failures around a time, sorted by time. Each is less than a minute after the previous one. */
function burstAround(time: number, failures: readonly Failure[]): readonly Failure[] {
  let burst: Failure[] = [];
  for (const failure of failures.toSorted((left, right) => left.at - right.at)) {
    const previousAt = burst.at(-1)?.at ?? failure.at;
    if (failure.at - previousAt >= windowMs) {
      if (previousAt >= time) break;
      burst = [];
    }
    burst.push(failure);
  }
  return burst;
}
