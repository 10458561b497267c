import {
  type Clock,
  type Project,
  type ProjectId,
  type ProjectRepository,
  type Retention,
  RetentionDays,
} from '@user-activity/domain';

/** A project with the retention that applies to it. */
export interface EffectiveProject extends Project {
  /** The shorter one of the project's and the deployment's retention. Undefined keeps everything. */
  readonly effectiveRetentionDays: RetentionDays | undefined;
}

/** The retentions as this process knows them, for checks that can't wait for the store. At most `maxRetentions` projects. */
export class ProjectTable {
  readonly deploymentDays: RetentionDays | undefined;
  #retentions: ReadonlyMap<ProjectId, RetentionDays> = new Map();

  constructor(deploymentDays: RetentionDays | undefined) {
    this.deploymentDays = deploymentDays;
  }

  /** The projects with a retention of their own. */
  get projects(): readonly ProjectId[] {
    return [...this.#retentions.keys()].toSorted();
  }

  /** Returns the retention that applies to a project. */
  readonly retentionOf = (project: ProjectId): RetentionDays | undefined =>
    RetentionDays.effective(this.#retentions.get(project), this.deploymentDays);

  replace(retentions: readonly Retention[]): void {
    this.#retentions = new Map(retentions.map(({ project, days }) => [project, days]));
  }

  /** Returns the project with the retention that applies to it. */
  effective(project: Project): EffectiveProject {
    const effectiveRetentionDays = RetentionDays.effective(project.retentionDays, this.deploymentDays);
    return { ...project, effectiveRetentionDays };
  }
}

export interface ProjectDeps {
  readonly projects: ProjectRepository;
  readonly projectTable: ProjectTable;
  readonly clock: Clock;
}

/** Reads the retentions into the table. If the store is unavailable, the table stays as it is. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type RefreshProjects = () => Promise<void>;

export const makeRefreshProjects = ({
  projects,
  projectTable,
}: Pick<ProjectDeps, 'projects' | 'projectTable'>): RefreshProjects =>
  async function refreshProjects() {
    projectTable.replace(await projects.findRetentions());
  };
