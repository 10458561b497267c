import {
  DomainError,
  type JsonObject,
  type Principal,
  type ProjectId,
  type ProjectQuery,
  ProjectSettings,
  type SettingsChange,
  Timestamp,
} from '@user-activity/domain';
import type { Audit } from '../audit/audit.ts';
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
 * Changes the settings of a project. Returns 'too-many' if the deployment has the maximum number of projects with settings. Throws
 * INVALID_ACTIVITY if the new retention is longer than that of the deployment. Throws STORE_UNAVAILABLE and STORE_TIMEOUT.
 */
export type ChangeSettings = (
  principal: Principal,
  project: ProjectId,
  change: SettingsChange,
) => Promise<EffectiveProject | 'too-many'>;

interface ChangeDeps extends ProjectDeps {
  readonly audit: Audit;
}

export const makeChangeSettings = (deps: ChangeDeps): ChangeSettings => {
  const refresh = makeRefreshProjects(deps);
  return async function changeSettings(principal, project, change) {
    const { projects, projectTable, audit } = deps;
    const { deploymentDays: max } = projectTable;
    const { retentionDays: days = null } = change;
    if (days !== null && max !== undefined && days > max) {
      const message = `must be at most ${max}: RETENTION_DAYS of this deployment is ${max}`;
      throw new DomainError('INVALID_ACTIVITY', 'Nothing was changed.', {
        violations: [{ path: '/retentionDays', message }],
      });
    }
    const settings = await audit(
      { type: 'SETTINGS_CHANGED', principal, details: { project, ...detailsOf(change) } },
      () => projects.changeSettings(project, change),
      (result) => (result === 'too-many' ? 'unchanged' : {}),
    );
    if (settings === 'too-many') return 'too-many';
    await refresh();
    const [erasing] = (await projects.findErasing(maxErasing)).filter(
      (erasure) => erasure.project === project,
    );
    return projectTable.effective({ id: project, ...settings, erasing: erasing !== undefined });
  };
};

const detailsOf = ({ retentionDays, limits }: SettingsChange): JsonObject => ({
  ...(retentionDays === undefined ? {} : { retentionDays }),
  ...(limits === undefined ? {} : { limits: { ...limits } }),
});

/** The maximum number of erasures of projects that one sweep reads. */
export const maxErasing = 1000;

/**
 * Erases a project: its settings, and all its activities and dead letters that the service received until now. Resolves once the erasure is
 * recorded; `sweepProjects` carries it out. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. After these errors, the erasure may be
 * missing, so erase the project again.
 */
export type EraseProject = (principal: Principal, project: ProjectId) => Promise<EffectiveProject>;

export const makeEraseProject = (deps: ChangeDeps): EraseProject => {
  const refresh = makeRefreshProjects(deps);
  return async function eraseProject(principal, project) {
    await deps.audit(
      { type: 'PROJECT_ERASED', principal, details: { project } },
      () => deps.projects.beginErasure(project, deps.clock.now()),
      ({ erasedAt }) => ({ erasedAt: Timestamp.toISO(erasedAt) }),
    );
    await refresh();
    return deps.projectTable.effective({ id: project, ...ProjectSettings.none, erasing: true });
  };
};
