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
 * The erasures of the projects and users of activities whose outcome is not known yet, and of the stored activities under their ids. The
 * place of a waiting activity on the log is not known, so the time of receipt decides whether an erasure covers it.
 */
export class ErasuresOfPending {
  readonly #projects: readonly KeptErasure[];
  readonly #users: UserErasures<Received>;

  private constructor(projects: readonly KeptErasure[], users: UserErasures<Received>) {
    this.#projects = projects;
    this.#users = users;
  }

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

  /** Returns whether a stored activity is about to be removed: later it will not be there, so it decides about no other. */
  isErasing(stored: StoredActivity): boolean {
    return (
      this.#projects.some((erasure) => isErased(stored, erasure)) ||
      this.ofUser(stored).some((erasure) => erasure.isOpen && isCovered(stored, erasure))
    );
  }

  ofUser(activity: Received): readonly RecordedErasure[] {
    return this.#users.of(activity, (project) => project === activity.project);
  }
}
