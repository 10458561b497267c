import {
  type Clock,
  type Project,
  type ProjectId,
  type ProjectRepository,
  ProjectSettings,
  RetentionDays,
  type SettingsOfProject,
  type UsageLimits,
} from '@user-activity/domain';
import { BucketTable } from '../access/bucket-table.ts';
import { ReadOrder } from '../access/read-order.ts';

/** A project with the retention that applies to it. */
export interface EffectiveProject extends Project {
  /** The retention of the project or of the deployment, whichever is shorter. Undefined keeps activities forever. */
  readonly effectiveRetentionDays: RetentionDays | undefined;
}

/** A cache of the settings of all projects that have some, for checks that can't wait for the store. */
export class ProjectTable {
  /** The rate limits of projects, and how much of them is used. */
  readonly buckets: BucketTable<ProjectId>;
  /** The retention of the deployment. */
  readonly deploymentDays: RetentionDays | undefined;
  #settings: ReadonlyMap<ProjectId, ProjectSettings> = new Map();
  readonly #reads: ReadOrder = new ReadOrder();

  /** `now` is a clock in milliseconds that never jumps. */
  constructor(deploymentDays: RetentionDays | undefined, now: () => number) {
    this.deploymentDays = deploymentDays;
    this.buckets = new BucketTable(now);
  }

  /** The projects with a retention of their own. */
  get projectsWithRetention(): readonly ProjectId[] {
    return [...this.#settings]
      .flatMap(([id, { retentionDays }]) => (retentionDays === undefined ? [] : id))
      .toSorted();
  }

  /** The projects with the limit `storedBytes`. */
  get projectsWithStorageLimit(): readonly ProjectId[] {
    return [...this.#settings].flatMap(([id, { limits }]) => (limits.storedBytes === undefined ? [] : id));
  }

  /** Returns the retention that applies to a project. */
  readonly retentionOf = (project: ProjectId): RetentionDays | undefined =>
    RetentionDays.effective(this.#settings.get(project)?.retentionDays, this.deploymentDays);

  /** Returns the limits of a project. */
  readonly limitsOf = (project: ProjectId): UsageLimits =>
    (this.#settings.get(project) ?? ProjectSettings.none).limits;

  /** Reads the settings of all projects. If reads overlap, the newest one wins. If a read fails, the table stays as it is. */
  async refresh(projects: Pick<ProjectRepository, 'findSettings'>): Promise<void> {
    const read = this.#reads.begin();
    const all = await projects.findSettings();
    if (this.#reads.accept(read)) this.replace(all);
  }

  /** Replaces the content of the table. */
  replace(all: readonly SettingsOfProject[]): void {
    this.#settings = new Map(all.map((settings) => [settings.project, settings]));
    this.buckets.replace(all.map(({ project, limits }) => [project, limits]));
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

/** Reads the settings into the table. If the store is unavailable, the table stays as it is. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type RefreshProjects = () => Promise<void>;

export const makeRefreshProjects = ({
  projects,
  projectTable,
}: Pick<ProjectDeps, 'projects' | 'projectTable'>): RefreshProjects =>
  async function refreshProjects() {
    await projectTable.refresh(projects);
  };
