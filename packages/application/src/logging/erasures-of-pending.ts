import {
  isCovered,
  isErased,
  type KeptErasure,
  type ProjectId,
  type RecordedErasure,
  type StoredActivity,
  type Timestamp,
  type UserId,
} from '@user-activity/domain';
import { type ErasureDeps, findErasures } from '../projects/find-erasures.ts';
import { type UserErasureDeps, UserErasures } from '../users/user-erasures.ts';

interface Received {
  readonly project: ProjectId;
  readonly userId: UserId;
  readonly receivedAt: Timestamp;
}

/**
 * The erasures that may explain the outcome of pending activities: those of their projects and users, and of the users of stored activities
 * with the same ids. The log position of a pending activity is unknown, so its time of receipt decides whether an erasure covers it.
 */
export class ErasuresOfPending {
  readonly #projects: readonly KeptErasure[];
  readonly #users: UserErasures<Received>;

  private constructor(projects: readonly KeptErasure[], users: UserErasures<Received>) {
    this.#projects = projects;
    this.#users = users;
  }

  /** Looks up the erasures of the projects and users of these activities. */
  static async of(
    deps: ErasureDeps & UserErasureDeps,
    activities: readonly Received[],
  ): Promise<ErasuresOfPending> {
    const projects = new Set(activities.map(({ project }) => project));
    const [ofProjects, ofUsers] = await Promise.all([
      findErasures(deps, projects),
      UserErasures.of(deps, activities, ({ userId }) => userId),
    ]);
    return new ErasuresOfPending(ofProjects, ofUsers);
  }

  /** Returns whether the project or the user of the activity was erased after the service had received it. */
  isErased(activity: Received): boolean {
    return (
      this.#projects.some((erasure) => isErased(activity, erasure)) ||
      this.ofUser(activity).some(({ requestedAt }) => activity.receivedAt <= requestedAt)
    );
  }

  /** Returns whether a stored activity is about to be removed. Such an activity can't decide the outcome of a pending one with the same id. */
  isErasing(stored: StoredActivity): boolean {
    return (
      this.#projects.some((erasure) => isErased(stored, erasure)) ||
      this.ofUser(stored).some((erasure) => erasure.isOpen && isCovered(stored, erasure))
    );
  }

  /** Returns the erasures of the activity's user in its project. */
  ofUser(activity: Received): readonly RecordedErasure[] {
    return this.#users.of(activity, (project) => project === activity.project);
  }
}
