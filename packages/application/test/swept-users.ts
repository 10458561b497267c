import {
  FixedClock,
  MemoryActivityRepository,
  MemoryErasureLedger,
  MemoryProjectRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import { DomainError, RetentionDays, type UserActivity } from '@user-activity/domain';
import { ProjectTable } from '../src/projects/project-table.ts';
import { makeSweepProjects, type SweepProjectsDeps } from '../src/projects/sweep-projects.ts';
import { activity, log, recordedOf } from './erased-users.ts';
import { anonymiser, digestUser } from './erasing.ts';

export const settleMs = 1000;
/** The result of a sweep that finds nothing to do. */
export const nothing = { expired: 0, erased: 0, forgotten: 0, letters: 0, more: false };

/** A store with activities of `user-1` at these offsets, and an erasure that was requested at offset 100. */
export async function setUp(offsets: readonly number[], mode: 'erase' | 'anonymise' = 'erase') {
  const [store, clock, time] = [new MemoryStore(), new FixedClock(), { now: 0 }];
  const [ledger, repository] = [new MemoryErasureLedger(store), new MemoryActivityRepository(store)];
  const save = (...placed: readonly (readonly [offset: number, activity: UserActivity])[]) =>
    repository.save(
      placed.map(([, each]) => each),
      placed.map(([offset]) => ({ log, partition: 0, offset })),
    );
  await save(...offsets.map((offset) => [offset, activity(`at-${offset}`)] as const));
  const erasure = recordedOf(100, mode);
  await ledger.record(erasure);
  /** The sweep of another process. */
  const process = (change: Partial<SweepProjectsDeps> = {}) =>
    makeSweepProjects({
      projects: new MemoryProjectRepository(store),
      projectTable: new ProjectTable(RetentionDays.parse(30), () => 0),
      clock,
      pauseSweep: async () => undefined,
      now: () => time.now,
      ledger,
      digestUser,
      anonymiser,
      settleMs,
      maxSweepPortionMs: 1000,
      ...change,
    });
  return {
    store,
    clock,
    time,
    ledger,
    erasure,
    save,
    process,
    sweep: process(),
    progress: () => ledger.find(erasure.project, erasure.id),
    left: () => [...store.activities.values()].map(({ id, userId }) => `${id} of ${userId}`).toSorted(),
  };
}

export function throwNoKey(): never {
  throw new DomainError('STORE_UNAVAILABLE', 'no key');
}

/** Makes activities before the erasure, more than one portion. */
export const many = (count: number) =>
  Array.from({ length: count }, (_, index) => [1, activity(`many-${index}`, -1 - index)] as const);
