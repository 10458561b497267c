import { MemoryActivityRepository, MemoryDeadLetterQueue } from '@user-activity/adapter-memory';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { makeSweepProjects } from '../src/projects/sweep-projects.ts';
import { dayMs, forum, methodsOf, setUp, shop, without } from './swept-projects.ts';

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
    expect(await sweep('erasure')).toEqual({ expired: 0, erased: 2, forgotten: 0, letters: 1, more: false });
    expect(left()).toEqual([...without('shop 10-days', 'shop 40-days'), 'shop later'].toSorted());
    expect([...store.letters.keys()]).toEqual(['user-activity:0:1', 'user-activity:0:3']);
    expect(store.erasures.get(shop)?.erasing).toBe(false);
    expect(await sweep('erasure')).toMatchObject({ erased: 0, letters: 0 });
  });

  test('pauses after each portion for as long as the portion took', async () => {
    const { store, clock, deps, erase } = await setUp();
    const many = Array.from({ length: 2500 }, (_, index) =>
      sampleActivity({ project: shop, id: `a-${index}`, receivedAt: clock.now() }),
    );
    await new MemoryActivityRepository(store).save(many);
    await erase(shop);
    let time = 0;
    const pauses: number[] = [];
    const { projects } = deps;
    const removeActivities: typeof projects.removeActivities = async (removal) => {
      time += 70;
      return projects.removeActivities(removal);
    };
    const slow = { ...methodsOf(projects), removeActivities };
    const pauseSweep = async (tookMs: number) => void pauses.push(tookMs);
    await makeSweepProjects({ ...deps, projects: slow, now: () => time, pauseSweep })('erasure');
    // Three portions, and a last one that finds nothing.
    expect(pauses).toEqual([70, 70, 70, 70]);
    expect(store.erasures.get(shop)?.erasing).toBe(false);
  });

  test('continues in the next sweep after it stopped early, if there is much newer data', async () => {
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

  test('of a large project delays neither other erasures nor removals by age', async () => {
    const { store, clock, deps, erase } = await setUp(30);
    const large = Array.from({ length: 9000 }, (_, index) =>
      sampleActivity({ project: shop, id: `a-${index}`, createdAt: clock.now(), receivedAt: clock.now() }),
    );
    await new MemoryActivityRepository(store).save(large);
    const sweep = makeSweepProjects({ ...deps, pauseSweep: async () => clock.advance(60_000) });
    for (const age of [30_000, 60_000]) {
      await sweep('schedule');
      clock.advance(age);
    }
    await erase(shop);
    expect(await sweep('erasure')).toMatchObject({ erased: 1000, more: true });
    await erase(forum);
    const old = sampleActivity({ id: 'old', createdAt: clock.now() - 50 * dayMs });
    await new MemoryActivityRepository(store).save([old]);
    expect(await sweep('schedule')).toMatchObject({ expired: 1, erased: 1001, more: true });
    expect(store.erasures.get(forum)?.erasing).toBe(false);
    expect(store.erasures.get(shop)?.erasing).toBe(true);
  });

  test('repeats its passes until one removes nothing', async () => {
    const { store, deps, erase, left } = await setUp();
    await erase(shop);
    const repository = new MemoryActivityRepository(store);
    let zombies = 2;
    const { projects } = deps;
    // After each of the first passes, an abandoned write reaches the store.
    const removeLetters: typeof projects.removeLetters = async (...limits) => {
      zombies -= 1;
      if (zombies >= 0) await repository.save([sampleActivity({ project: shop, receivedAt: 0 })]);
      return projects.removeLetters(...limits);
    };
    const delayed = { ...methodsOf(projects), removeLetters };
    expect(await makeSweepProjects({ ...deps, projects: delayed })('erasure')).toMatchObject({ erased: 4 });
    expect(left()).toEqual(without('shop 10-days', 'shop 40-days'));
  });

  test('with a later time replaces one that is under way', async () => {
    const { store, clock, deps, erase, left } = await setUp();
    await erase(shop);
    const { projects } = deps;
    // The second erasure is recorded before the first ends.
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

  test('recorded with a wrong clock is corrected by the sweep, so that later activities stay', async () => {
    const { store, clock, erase, sweep, left } = await setUp();
    clock.advance(365 * dayMs);
    await erase(shop);
    clock.advance(-365 * dayMs);
    expect(await sweep('erasure')).toMatchObject({ erased: 2, more: false });
    expect(store.erasures.get(shop)).toEqual({ project: shop, erasedAt: clock.now(), erasing: false });
    const later = sampleActivity({ project: shop, id: 'later', receivedAt: clock.now() + 1 });
    await new MemoryActivityRepository(store).save([later]);
    await sweep('erasure');
    expect(left()).toContain('shop later');
  });

  test('recorded with a wrong clock is replaced by the next erasure', async () => {
    const { store, clock, erase } = await setUp();
    clock.advance(365 * dayMs);
    await erase(shop);
    clock.advance(-365 * dayMs);
    await erase(shop);
    expect(store.erasures.get(shop)?.erasedAt).toBe(clock.now());
  });
});
