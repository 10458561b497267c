import {
  type ErasureLedger,
  isErased,
  type KeptErasure,
  type ProjectId,
  type RecordedErasure,
  type Timestamp,
  type UserActivity,
  type UserDigest,
  type UserId,
} from '@user-activity/domain';
import { type ErasureDeps, findErasures } from '../projects/find-erasures.ts';
import type { DigestUser } from '../storing/erasures.ts';

export interface UserErasureDeps {
  readonly ledger: Pick<ErasureLedger, 'isEmpty' | 'findByUsers'>;
  readonly digestUser: DigestUser;
}

interface Received {
  readonly project: ProjectId;
  readonly userId: UserId;
  readonly receivedAt: Timestamp;
}

/**
 * The erasures of the projects and users of activities whose outcome is not known yet. The place of such an activity on the log is not known,
 * so the time of receipt decides whether an erasure covers it.
 */
export class ErasuresOfWaiting {
  readonly #projects: readonly KeptErasure[];
  readonly #users: ReadonlyMap<UserDigest, readonly RecordedErasure[]>;
  readonly #digestUser: DigestUser;

  private constructor(
    projects: readonly KeptErasure[],
    users: readonly RecordedErasure[],
    digestUser: DigestUser,
  ) {
    this.#projects = projects;
    this.#users = Map.groupBy(users, ({ user }) => user);
    this.#digestUser = digestUser;
  }

  static async of(
    deps: ErasureDeps & UserErasureDeps,
    activities: readonly UserActivity[],
  ): Promise<ErasuresOfWaiting> {
    const projects = new Set(activities.map(({ project }) => project));
    const [ofProjects, ofUsers] = await Promise.all([
      findErasures(deps, projects),
      erasuresOfUsers(deps, activities),
    ]);
    return new ErasuresOfWaiting(ofProjects, ofUsers, deps.digestUser);
  }

  /** Returns whether the project or the user of the activity was erased after the service had received it. */
  isErased(activity: Received): boolean {
    return (
      this.#projects.some((erasure) => isErased(activity, erasure)) ||
      this.#ofUser(activity).some(({ requestedAt }) => activity.receivedAt <= requestedAt)
    );
  }

  /** Returns whether a stored activity is about to be removed: later it will not be there, so it decides about no other. */
  isErasing(stored: Received): boolean {
    return (
      this.#projects.some((erasure) => isErased(stored, erasure)) ||
      this.#ofUser(stored).some(({ isOpen, requestedAt }) => isOpen && stored.receivedAt <= requestedAt)
    );
  }

  #ofUser({ project, userId }: Received): readonly RecordedErasure[] {
    // A digest takes time, so none is taken unless a user is erased.
    if (this.#users.size === 0) return [];
    const erasures = this.#users.get(this.#digestUser(userId)) ?? [];
    return erasures.filter((erasure) => erasure.project === project);
  }
}

async function erasuresOfUsers(
  { ledger, digestUser }: UserErasureDeps,
  activities: readonly UserActivity[],
): Promise<readonly RecordedErasure[]> {
  if (await ledger.isEmpty()) return [];
  return ledger.findByUsers([...new Set(activities.map(({ userId }) => digestUser(userId)))]);
}
