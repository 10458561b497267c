import { isDomainError, type ProjectId, type ProjectRepository } from '@user-activity/domain';
import type { ProjectTable } from './project-table.ts';
import type { StorageUsage } from './storage-usage.ts';

/**
 * Measures one portion of each project whose measurement is under way or due. Only projects with the limit `storedBytes` are measured. Returns
 * whether there are more portions. Throws STORE_UNAVAILABLE and STORE_TIMEOUT; the last measured sizes then stay, and the next call
 * continues. It comes last to the project whose portion failed, so that this project does not keep others from being measured.
 */
export type MeasureStorage = () => Promise<{ readonly more: boolean }>;

export interface MeasureStorageDeps {
  readonly projects: Pick<ProjectRepository, 'measureActivities'>;
  readonly projectTable: Pick<ProjectTable, 'projectsWithStorageLimit'>;
  readonly storageUsage: StorageUsage;
  /** Waits after a portion that took this number of milliseconds. */
  readonly pauseSweep: (tookMs: number) => Promise<void>;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
}

const portionSize = 1000;

export const makeMeasureStorage = (deps: MeasureStorageDeps): MeasureStorage => {
  const { projects, projectTable, storageUsage, pauseSweep, now } = deps;
  // The projects whose last portion failed, the one that failed last at the end.
  const failed = new Set<ProjectId>();
  return async function measureStorage() {
    const limited = projectTable.projectsWithStorageLimit;
    storageUsage.keep(limited);
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
