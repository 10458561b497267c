import { DomainError, type ProjectId, type ProjectQuery, type RetentionDays } from '@user-activity/domain';
import { type EffectiveProject, makeRefreshProjects, type ProjectDeps } from './project-table.ts';

/** Returns a page of the projects that have data or settings. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type FindProjects = (query: ProjectQuery) => Promise<{
  readonly projects: readonly EffectiveProject[];
  readonly hasMore: boolean;
}>;

export const makeFindProjects = ({ projects, projectTable }: ProjectDeps): FindProjects =>
  async function findProjects(query) {
    const page = await projects.find(query);
    return { ...page, projects: page.projects.map((project) => projectTable.effective(project)) };
  };

/**
 * Sets the retention of a project; undefined removes it. Returns 'too-many' if the deployment has its maximum of projects with a
 * retention. Throws INVALID_ACTIVITY if the deployment keeps activities for fewer days, and STORE_UNAVAILABLE and STORE_TIMEOUT.
 */
export type PutRetention = (
  project: ProjectId,
  days: RetentionDays | undefined,
) => Promise<EffectiveProject | 'too-many'>;

export const makePutRetention = (deps: ProjectDeps): PutRetention => {
  const refresh = makeRefreshProjects(deps);
  return async function putRetention(project, days) {
    const { projects, projectTable } = deps;
    const { deploymentDays: max } = projectTable;
    if (days !== undefined && max !== undefined && days > max) {
      const message = `must be at most ${max}: RETENTION_DAYS of this deployment is ${max}`;
      throw new DomainError('INVALID_ACTIVITY', 'Nothing was changed.', {
        violations: [{ path: '/retentionDays', message }],
      });
    }
    if ((await projects.putRetention(project, days)) === 'too-many') return 'too-many';
    await refresh();
    const [erasing] = (await projects.findErasing(maxErasing)).filter(
      (erasure) => erasure.project === project,
    );
    return projectTable.effective({ id: project, retentionDays: days, erasing: erasing !== undefined });
  };
};

/** The maximum number of erasures that one sweep knows. */
export const maxErasing = 1000;

/**
 * Erases a project: all activities and dead letters that the service received until now, and its retention. Resolves once the erasure is
 * recorded; `sweepProjects` carries it out. Throws STORE_UNAVAILABLE and STORE_TIMEOUT; then send it again.
 */
export type EraseProject = (project: ProjectId) => Promise<EffectiveProject>;

export const makeEraseProject = (deps: ProjectDeps): EraseProject => {
  const refresh = makeRefreshProjects(deps);
  return async function eraseProject(project) {
    await deps.projects.beginErasure(project, deps.clock.now());
    await refresh();
    return deps.projectTable.effective({ id: project, retentionDays: undefined, erasing: true });
  };
};
