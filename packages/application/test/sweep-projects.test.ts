import { MemoryActivityRepository } from '@user-activity/adapter-memory';
import { DomainError, RetentionDays, Timestamp } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { ProjectTable } from '../src/projects/project-table.ts';
import { makeSweepProjects } from '../src/projects/sweep-projects.ts';
import { dayMs, forum, methodsOf, setUp, shop, whole, without } from './swept-projects.ts';

describe('removal by age', () => {
  test('the retention of the deployment applies to every project, from the second round on', async () => {
    const { left, sweep } = await setUp(30);
    expect(await sweep('schedule')).toEqual({ expired: 0, erased: 0, forgotten: 0, letters: 0, more: false });
    expect(left()).toEqual(whole);
    expect(await sweep('schedule')).toMatchObject({ expired: 3, more: false });
    expect(left()).toEqual(without('40-days', 'forum 40-days', 'shop 40-days'));
  });

  test('the shorter of the two retentions applies, and without one everything is kept', async () => {
    const { left, put, sweep, deps } = await setUp();
    await put(shop, { retentionDays: RetentionDays.parse(5) });
    await put(forum, { retentionDays: RetentionDays.parse(100) });
    for (let round = 0; round < 2; round += 1) await sweep('schedule');
    expect(left()).toEqual(without('shop 10-days', 'shop 40-days'));
    const projectTable = new ProjectTable(RetentionDays.parse(30), () => 0);
    const shorter = makeSweepProjects({ ...deps, projectTable });
    for (let round = 0; round < 2; round += 1) await shorter('schedule');
    expect(left()).toEqual(['10-days', 'forum 10-days']);
  });

  test('a change takes effect in the next round, even if another process made it', async () => {
    const { store, left, sweep } = await setUp();
    for (let round = 0; round < 3; round += 1) await sweep('schedule');
    store.projectSettings.set(shop, { retentionDays: RetentionDays.parse(20), limits: {} });
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

  test('a round that stops early continues in the next sweep, with the same time', async () => {
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

test('rounds go on removing even if the store refuses to expire activities by itself', async () => {
  const { store, left, deps } = await setUp(30);
  const refusing = {
    ...methodsOf(deps.projects),
    expireAfter: () => Promise.reject(new DomainError('STORE_UNAVAILABLE', 'no rights')),
  };
  const sweep = makeSweepProjects({ ...deps, projects: refusing });
  for (let round = 0; round < 2; round += 1) await expect(sweep('schedule')).rejects.toThrow('no rights');
  expect(left()).toEqual(without('40-days', 'forum 40-days', 'shop 40-days'));
  expect(await sweep('erasure')).toMatchObject({ expired: 0, more: false });
  expect(store.claims.size).toBe(0);
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
