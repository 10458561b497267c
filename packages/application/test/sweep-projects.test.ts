import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryProjectRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  DomainError,
  ProjectId,
  type ProjectRepository,
  RetentionDays,
  Timestamp,
} from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { makeEraseProject, makePutRetention } from '../src/projects/change-projects.ts';
import { ProjectTable } from '../src/projects/project-table.ts';
import { makeSweepProjects, type SweepProjectsDeps } from '../src/projects/sweep-projects.ts';

const dayMs = 24 * 60 * 60 * 1000;
const [shop, forum] = [ProjectId.parse('shop'), ProjectId.parse('forum')];

/** Two activities of each of three projects, 10 and 40 days old, and the use cases. */
async function setUp(days?: number, change: Partial<SweepProjectsDeps> = {}) {
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
    projectTable: new ProjectTable(days === undefined ? undefined : RetentionDays.parse(days)),
    clock,
    pauseSweep: async () => undefined,
    maxSweepPortionMs: 1000,
    ...change,
  };
  const left = (): string[] => [...store.activities.keys()].toSorted();
  const sweep = makeSweepProjects(deps);
  return { store, clock, deps, left, sweep, erase: makeEraseProject(deps), put: makePutRetention(deps) };
}

const whole = ['10-days', '40-days', 'forum 10-days', 'forum 40-days', 'shop 10-days', 'shop 40-days'];
const without = (...gone: readonly string[]): string[] => whole.filter((key) => !gone.includes(key));

describe('removal by age', () => {
  test('the retention of the deployment applies to every project, from the second round', async () => {
    const { left, sweep } = await setUp(30);
    expect(await sweep('schedule')).toEqual({ expired: 0, erased: 0, letters: 0, more: false });
    expect(left()).toEqual(whole);
    expect(await sweep('schedule')).toMatchObject({ expired: 3, more: false });
    expect(left()).toEqual(without('40-days', 'forum 40-days', 'shop 40-days'));
  });

  test('the shorter one of both retentions counts, and without any everything is kept', async () => {
    const { left, put, sweep, deps } = await setUp();
    await put(shop, RetentionDays.parse(5));
    await put(forum, RetentionDays.parse(100));
    for (let round = 0; round < 2; round += 1) await sweep('schedule');
    expect(left()).toEqual(without('shop 10-days', 'shop 40-days'));
    const projectTable = new ProjectTable(RetentionDays.parse(30));
    const shorter = makeSweepProjects({ ...deps, projectTable });
    for (let round = 0; round < 2; round += 1) await shorter('schedule');
    expect(left()).toEqual(['10-days', 'forum 10-days']);
  });

  test('a change takes effect in the next round, also one by another process', async () => {
    const { store, left, sweep } = await setUp();
    for (let round = 0; round < 3; round += 1) await sweep('schedule');
    store.retentions.set(shop, RetentionDays.parse(20));
    await sweep('schedule');
    expect(left()).toEqual(without('shop 40-days'));
  });

  test('the end of the retention is exact', async () => {
    const { clock, left, sweep } = await setUp(41);
    clock.advance(dayMs);
    for (let round = 0; round < 3; round += 1) await sweep('schedule');
    expect(left()).toEqual(whole);
    clock.advance(1);
    for (let round = 0; round < 2; round += 1) await sweep('schedule');
    expect(left()).toHaveLength(3);
  });

  test('a clock that is wrong in one round removes nothing', async () => {
    for (const wrong of [0, 1, 2]) {
      const { clock, left, sweep } = await setUp(60);
      for (let round = 0; round < 4; round += 1) {
        if (round === wrong) clock.advance(365 * dayMs);
        await sweep('schedule');
        await sweep('erasure');
        if (round === wrong) clock.advance(-365 * dayMs);
      }
      expect(left()).toEqual(whole);
    }
  });

  test('a round that stops early goes on with the next sweep, and keeps its time', async () => {
    const { store, clock, left, deps } = await setUp(30);
    const activities = Array.from({ length: 2500 }, (_, index) =>
      sampleActivity({ project: shop, id: `old-${index}`, createdAt: clock.now() - 50 * dayMs }),
    );
    await new MemoryActivityRepository(store).save(activities);
    // Each pause takes longer than a sweep may take.
    const sweep = makeSweepProjects({ ...deps, pauseSweep: async () => clock.advance(60_000) });
    await sweep('schedule');
    expect(await sweep('schedule')).toMatchObject({ expired: 1002, more: true });
    clock.advance(365 * dayMs);
    expect(await sweep('erasure')).toMatchObject({ expired: 1000, more: true });
    expect(await sweep('erasure')).toMatchObject({ expired: 501, more: false });
    expect(left()).toEqual(without('40-days', 'forum 40-days', 'shop 40-days'));
  });
});

describe('the erasure of a project', () => {
  test('removes its activities and dead letters, and leaves other projects', async () => {
    const { store, clock, left, sweep, erase } = await setUp();
    const queue = new MemoryDeadLetterQueue(store);
    await queue.add(
      [shop, forum].map((project, offset) => letterOf(offset, { project, diedAt: clock.now() })),
    );
    await erase(shop);
    clock.advance(1);
    await new MemoryActivityRepository(store).save([
      sampleActivity({ project: shop, id: 'later', createdAt: 0, receivedAt: clock.now() }),
    ]);
    await queue.add([letterOf(3, { project: shop, diedAt: clock.now() })]);
    expect(await sweep('erasure')).toEqual({ expired: 0, erased: 2, letters: 1, more: false });
    expect(left()).toEqual([...without('shop 10-days', 'shop 40-days'), 'shop later'].toSorted());
    expect([...store.letters.keys()]).toEqual(['user-activity:0:1', 'user-activity:0:3']);
    expect(store.erasures.get(shop)?.erasing).toBe(false);
    expect(await sweep('erasure')).toMatchObject({ erased: 0, letters: 0 });
  });

  test('goes on after it stopped early, with much newer data, in another sweep', async () => {
    const { store, clock, deps, erase, left } = await setUp();
    const newer = Array.from({ length: 1500 }, (_, index) =>
      sampleActivity({ project: shop, id: `new-${index}`, createdAt: 0, receivedAt: clock.now() + 1 }),
    );
    await new MemoryActivityRepository(store).save(newer);
    await erase(shop);
    const sweep = makeSweepProjects({ ...deps, pauseSweep: async () => clock.advance(60_000) });
    const sweeps = [];
    do sweeps.push(await sweep('erasure'));
    while (store.erasures.get(shop)?.erasing && sweeps.length < 10);
    expect(sweeps).toMatchObject([
      { erased: 0, more: true },
      { erased: 2, more: true },
      { erased: 0, more: false },
    ]);
    expect(left()).toHaveLength(4 + newer.length);
  });

  test('repeats its passes until one removes nothing', async () => {
    const { store, deps, erase, left } = await setUp();
    await erase(shop);
    const repository = new MemoryActivityRepository(store);
    let zombies = 2;
    const { projects } = deps;
    // A write that its process gave up reaches the store after each of the first passes.
    const removeLetters: typeof projects.removeLetters = async (...limits) => {
      zombies -= 1;
      if (zombies >= 0) await repository.save([sampleActivity({ project: shop, receivedAt: 0 })]);
      return projects.removeLetters(...limits);
    };
    const delayed = { ...methodsOf(projects), removeLetters };
    expect(await makeSweepProjects({ ...deps, projects: delayed })('erasure')).toMatchObject({ erased: 4 });
    expect(left()).toEqual(without('shop 10-days', 'shop 40-days'));
  });

  test('of a later moment replaces one that is under way', async () => {
    const { store, clock, deps, erase, left } = await setUp();
    await erase(shop);
    const { projects } = deps;
    // The second erasure comes before the first ends.
    const endErasure: typeof projects.endErasure = async (erasure) => {
      clock.advance(10);
      if (erasure.erasedAt < clock.now() - 10) return projects.endErasure(erasure);
      await new MemoryActivityRepository(store).save([
        sampleActivity({ project: shop, id: 'between', receivedAt: clock.now() }),
      ]);
      await erase(shop);
      return projects.endErasure(erasure);
    };
    await makeSweepProjects({ ...deps, projects: { ...methodsOf(projects), endErasure } })('erasure');
    expect(left()).toContain('shop between');
    expect(store.erasures.get(shop)?.erasing).toBe(true);
    await makeSweepProjects(deps)('erasure');
    expect(left()).not.toContain('shop between');
    expect(store.erasures.get(shop)?.erasing).toBe(false);
  });

  test('with a wrong clock is replaced by the next', async () => {
    const { store, clock, erase } = await setUp();
    clock.advance(365 * dayMs);
    await erase(shop);
    clock.advance(-365 * dayMs);
    await erase(shop);
    expect(store.erasures.get(shop)?.erasedAt).toBe(clock.now());
  });
});

describe('the claim', () => {
  test('lets one process sweep at a time, and ends if its process dies', async () => {
    const { clock, deps, sweep, left } = await setUp(30);
    const claim = { from: clock.now(), until: Timestamp.fromMillis(clock.now() + 21_000) };
    await deps.projects.claimSweep(claim);
    expect(await sweep('schedule')).toBe('under way');
    clock.advance(21_001);
    for (let round = 0; round < 2; round += 1) expect(await sweep('schedule')).toMatchObject({ more: false });
    expect(left()).toHaveLength(3);
  });

  test('is released after a failure', async () => {
    const { store, sweep } = await setUp(30);
    store.reachable = false;
    await expect(sweep('schedule')).rejects.toBeInstanceOf(DomainError);
    store.reachable = true;
    expect(await sweep('schedule')).not.toBe('under way');
    expect(store.claims.size).toBe(0);
  });
});

/** Returns the methods of a repository as properties, so that a test can replace some. */
const methodsOf = (projects: ProjectRepository): ProjectRepository => ({
  find: (query) => projects.find(query),
  findRetentions: () => projects.findRetentions(),
  putRetention: (project, days) => projects.putRetention(project, days),
  beginErasure: (project, now) => projects.beginErasure(project, now),
  findErasures: (ids) => projects.findErasures(ids),
  findErasing: (limit) => projects.findErasing(limit),
  endErasure: (erasure) => projects.endErasure(erasure),
  removeActivities: (removal) => projects.removeActivities(removal),
  removeLetters: (project, diedUpTo, limit) => projects.removeLetters(project, diedUpTo, limit),
  removeErased: (records) => projects.removeErased(records),
  expireAfter: (days) => projects.expireAfter(days),
  claimSweep: (claim) => projects.claimSweep(claim),
  releaseSweep: (claim) => projects.releaseSweep(claim),
});
