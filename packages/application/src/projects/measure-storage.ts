import { isDomainError, type ProjectId, type ProjectRepository } from '@user-activity/domain';
import type { ProjectTable } from './project-table.ts';
import type { StorageUsage } from './storage-usage.ts';

/**
 * Measures the stored bytes of projects with the limit `storedBytes`. A call measures one portion of each project whose measurement is under
 * way or due. `more` says whether portions are left. Throws STORE_UNAVAILABLE and STORE_TIMEOUT; then the last measured sizes stay, and the
 * next call continues. It measures the failed project after all others, so that this project does not delay them.
 */
export type MeasureStorage = () => Promise<{ readonly more: boolean }>;

export interface MeasureStorageDeps {
  readonly projects: Pick<ProjectRepository, 'measureActivities'>;
  readonly projectTable: Pick<ProjectTable, 'projectsWithStorageLimit'>;
  readonly storageUsage: StorageUsage;
  /** Pauses after each portion. `tookMs` is the time that the portion took. */
  readonly pauseSweep: (tookMs: number) => Promise<void>;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
}

const portionSize = 1000;

export const makeMeasureStorage = (deps: MeasureStorageDeps): MeasureStorage => {
  const { projects, projectTable, storageUsage, pauseSweep, now } = deps;
  // The projects whose last portion failed, in the order of the failures.
  const failed = new Set<ProjectId>();
  return async function measureStorage() {
    const limited = projectTable.projectsWithStorageLimit;
    storageUsage.retainOnly(limited);
    const isLimited = new Set(limited);
    for (const project of failed) if (!isLimited.has(project)) failed.delete(project);
    let more = false;
    for (const project of [...limited.filter((each) => !failed.has(each)), ...failed]) {
      const usage = storageUsage.usageOf(project);
      const startTime = now();
      if (!usage.begin(startTime)) continue;
      failed.delete(project);
      try {
        const portion = await projects.measureActivities({
          project,
          after: usage.after,
          limit: portionSize,
        });
        usage.addPortion(portion, now());
        more ||= portion.next !== undefined;
      } catch (error) {
        if (isDomainError(error)) failed.add(project);
        throw error;
      }
      await pauseSweep(now() - startTime);
    }
    return { more };
  };
};
