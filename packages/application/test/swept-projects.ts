import {
  FixedClock,
  MemoryActivityRepository,
  MemoryErasureLedger,
  MemoryProjectRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import { ProjectId, type ProjectRepository, RetentionDays } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { makeEraseProject, makeChangeSettings } from '../src/projects/change-projects.ts';
import { ProjectTable } from '../src/projects/project-table.ts';
import { makeSweepProjects, type SweepProjectsDeps } from '../src/projects/sweep-projects.ts';
import { anonymiser, erasing } from './erasing.ts';
import { asRoot, unaudited } from './unaudited.ts';

export const dayMs = 24 * 60 * 60 * 1000;
export const [shop, forum] = [ProjectId.parse('shop'), ProjectId.parse('forum')];

/** Two activities of each of three projects, 10 and 40 days old, and the use cases. */
export async function setUp(days?: number, change: Partial<SweepProjectsDeps> = {}) {
  const [store, clock] = [new MemoryStore(), new FixedClock()];
  const now = clock.now();
  const activities = [ProjectId.default, shop, forum].flatMap((project) =>
    [10, 40].map((age) =>
      sampleActivity({
        project,
        id: `${age}-days`,
        createdAt: now - age * dayMs,
        receivedAt: now - age * dayMs,
      }),
    ),
  );
  await new MemoryActivityRepository(store).save(activities);
  const deps: SweepProjectsDeps = {
    projects: new MemoryProjectRepository(store),
    ...erasing(store),
    projectTable: new ProjectTable(days === undefined ? undefined : RetentionDays.parse(days), () => 0),
    clock,
    pauseSweep: async () => undefined,
    now: () => 0,
    ledger: new MemoryErasureLedger(store),
    anonymiser,
    settleMs: 0,
    maxSweepPortionMs: 1000,
    ...change,
  };
  const left = (): string[] => [...store.activities.keys()].toSorted();
  const sweep = makeSweepProjects(deps);
  const changeDeps = { ...deps, audit: unaudited };
  return {
    store,
    clock,
    deps,
    left,
    sweep,
    erase: asRoot(makeEraseProject(changeDeps)),
    put: asRoot(makeChangeSettings(changeDeps)),
  };
}

/** The keys of all activities of `setUp`. */
export const whole = ['10-days', '40-days', 'forum 10-days', 'forum 40-days', 'shop 10-days', 'shop 40-days'];
/** Returns the keys of all activities except these. */
export const without = (...gone: readonly string[]): string[] => whole.filter((key) => !gone.includes(key));

/** Returns the methods of a repository as properties, so that a test can replace some. */
export const methodsOf = (projects: ProjectRepository): ProjectRepository => ({
  find: (query) => projects.find(query),
  findSettings: () => projects.findSettings(),
  changeSettings: (project, change) => projects.changeSettings(project, change),
  beginErasure: (project, now) => projects.beginErasure(project, now),
  findErasures: (ids) => projects.findErasures(ids),
  findErasing: (limit) => projects.findErasing(limit),
  endErasure: (erasure) => projects.endErasure(erasure),
  removeActivities: (removal) => projects.removeActivities(removal),
  measureActivities: (measurement) => projects.measureActivities(measurement),
  removeLetters: (project, diedUpTo, limit) => projects.removeLetters(project, diedUpTo, limit),
  removeErased: (records) => projects.removeErased(records),
  expireAfter: (days) => projects.expireAfter(days),
  claimSweep: (claim) => projects.claimSweep(claim),
  releaseSweep: (claim) => projects.releaseSweep(claim),
});
