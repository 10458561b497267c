import {
  MemoryActivityRepository,
  MemoryProjectRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  activityLogged,
  DomainError,
  type EventPublisher,
  type ProjectRepository,
  storedBytesOf,
  type UserActivity,
} from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { makeMeasureStorage } from '../src/projects/measure-storage.ts';
import { makeRefreshProjects, ProjectTable } from '../src/projects/project-table.ts';
import { StorageUsage } from '../src/projects/storage-usage.ts';
import { withinStorageLimits } from '../src/projects/within-storage-limits.ts';
import { forum, methodsOf, shop } from './swept-projects.ts';

const text = 'x'.repeat(1000);
let count = 0;
const activity = (project = shop): UserActivity => {
  count += 1;
  return sampleActivity({ project, id: `id-${String(count).padStart(5, '0')}`, metadata: { text } });
};
/** The size in bytes of each activity of these tests. */
const size = storedBytesOf(activity());

/** The storage limit of a process. What the process publishes is stored when the test says so. */
async function setUp(change: Partial<ProjectRepository> = {}, store = new MemoryStore()) {
  const repository = new MemoryActivityRepository(store);
  const projects = new MemoryProjectRepository(store);
  const clock = { nowMs: 0 };
  const projectTable = new ProjectTable(undefined, () => 0);
  const storageUsage = new StorageUsage((project) => projectTable.limitsOf(project).storedBytes);
  const log = { waiting: [] as UserActivity[], isUp: true, pause: Promise.resolve() };
  const publisher: EventPublisher = {
    async publish(events) {
      await log.pause;
      if (!log.isUp) throw new DomainError('LOG_UNAVAILABLE', 'down');
      log.waiting.push(
        ...events.flatMap((event) => (event.name === 'ActivityLogged' ? [event.activity] : [])),
      );
    },
    republish: async (records) => records.map(() => 'published'),
    ping: async () => undefined,
    close: async () => undefined,
  };
  const limited = withinStorageLimits(publisher, storageUsage);
  const measure = makeMeasureStorage({
    projects: { ...methodsOf(projects), ...change },
    projectTable,
    storageUsage,
    pauseSweep: async () => undefined,
    now: () => clock.nowMs,
  });
  return {
    store,
    clock,
    log,
    projects,
    measure,
    publish: (...activities: UserActivity[]) => limited.publish(activities.map(activityLogged)),
    republish: limited.republish,
    async storeWaiting() {
      await repository.save(log.waiting.splice(0));
    },
    async setLimit(storedBytes: number | undefined, project = shop) {
      await projects.changeSettings(project, { limits: storedBytes === undefined ? {} : { storedBytes } });
      await makeRefreshProjects({ projects, projectTable })();
    },
    async measureAll() {
      while ((await measure()).more);
    },
  };
}

const full = {
  code: 'STORAGE_FULL',
  kind: 'limit-reached',
  message: expect.stringContaining('storedBytes') as string,
};

test('a project accepts activities up to exactly its limit, and other projects are not limited', async () => {
  const it = await setUp();
  await it.setLimit(3 * size);
  await it.publish(activity(), activity());
  await expect(it.publish(activity(), activity())).rejects.toMatchObject(full);
  await it.publish(activity());
  await expect(it.publish(activity())).rejects.toMatchObject(full);
  await it.publish(...Array.from({ length: 50 }, () => activity(forum)));
  await expect(it.publish(activity(forum), activity())).rejects.toMatchObject(full);
  expect(it.log.waiting).toHaveLength(53);
});

test('bytes that another process accepted count once they are measured, and those of this process never count twice', async () => {
  const store = new MemoryStore();
  const [it, other] = [await setUp({}, store), await setUp({}, store)];
  await it.setLimit(5 * size);
  await other.publish(activity(), activity(), activity());
  await other.storeWaiting();
  await it.publish(activity());
  await it.storeWaiting();
  await it.measureAll();
  await it.publish(activity());
  await expect(it.publish(activity())).rejects.toMatchObject(full);
  // The project is measured again after a minute. Until then, its size stays.
  await it.storeWaiting();
  await it.measureAll();
  await expect(it.publish(activity())).rejects.toMatchObject(full);
});

test('removed activities make room after the next measurement', async () => {
  const it = await setUp();
  await it.setLimit(2 * size);
  await it.publish(activity(), activity());
  await it.storeWaiting();
  await it.measureAll();
  await expect(it.publish(activity())).rejects.toMatchObject(full);
  it.store.activities.clear();
  it.clock.nowMs = 59_999;
  await it.measureAll();
  await expect(it.publish(activity())).rejects.toMatchObject(full);
  it.clock.nowMs = 60_000;
  await it.measureAll();
  await it.publish(activity(), activity());
});

test('bytes that are accepted during a measurement count, whether or not the measurement has read them', async () => {
  const it = await setUp({
    async measureActivities() {
      await it.publish(activity());
      return { bytes: size, next: undefined };
    },
  });
  await it.setLimit(3 * size);
  await it.measureAll();
  await it.publish(activity());
  await expect(it.publish(activity())).rejects.toMatchObject(full);
});

test('a longer measurement is followed by a longer pause', async () => {
  let portions = 0;
  const it = await setUp({
    async measureActivities({ after }) {
      portions += 1;
      it.clock.nowMs += 100_000;
      const last = activity();
      return { bytes: size, next: after === undefined ? last : undefined };
    },
  });
  await it.setLimit(size);
  await it.measureAll();
  expect(portions).toBe(2);
  // The measurement took 200 s.
  it.clock.nowMs += 799_999;
  await it.measureAll();
  expect(portions).toBe(2);
  it.clock.nowMs += 1;
  await it.measureAll();
  expect(portions).toBe(4);
});

test('while the store is unavailable, the last sizes count, and a measurement continues where it stopped', async () => {
  const it = await setUp();
  await it.setLimit(3000 * size);
  const many = Array.from({ length: 1500 }, () => activity());
  await it.publish(...many);
  await it.storeWaiting();
  expect(await it.measure()).toEqual({ more: true });
  it.store.reachable = false;
  for (let times = 0; times < 2; times += 1)
    await expect(it.measure()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await it.publish(...many.slice(0, 1500));
  await expect(it.publish(activity())).rejects.toMatchObject(full);
  it.store.reachable = true;
  // The second portion is the last one.
  expect(await it.measure()).toEqual({ more: false });
  await expect(it.publish(activity())).rejects.toMatchObject(full);
});

test('a project that the store can not measure does not keep others from being measured', async () => {
  const measured: string[] = [];
  const it = await setUp({
    async measureActivities({ project }) {
      if (project === shop) throw new DomainError('STORE_TIMEOUT', 'too large');
      measured.push(project);
      return { bytes: size, next: undefined };
    },
  });
  await it.setLimit(size);
  await it.setLimit(size, forum);
  for (let times = 0; times < 3; times += 1)
    await expect(it.measure()).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
  expect(measured).toEqual([forum]);
  await expect(it.publish(activity(forum))).rejects.toMatchObject(full);
  await it.setLimit(undefined);
  expect(await it.measure()).toEqual({ more: false });
});

test('activities that the log did not accept do not count', async () => {
  const it = await setUp();
  await it.setLimit(2 * size);
  it.log.isUp = false;
  for (let times = 0; times < 5; times += 1)
    await expect(it.publish(activity(), activity())).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  it.log.isUp = true;
  await it.publish(activity(), activity());
  await expect(it.publish(activity())).rejects.toMatchObject(full);
});

test('if the log refuses activities after a measurement began, only their own bytes are subtracted', async () => {
  const it = await setUp();
  await it.setLimit(4 * size);
  const answer = Promise.withResolvers<void>();
  it.log.pause = answer.promise;
  const refused = it.publish(activity(), activity());
  it.log.pause = Promise.resolve();
  const measured = it.measure();
  await it.publish(activity(), activity());
  await measured;
  it.log.isUp = false;
  answer.resolve();
  await expect(refused).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  it.log.isUp = true;
  await expect(it.publish(activity(), activity(), activity())).rejects.toMatchObject(full);
  await it.publish(activity(), activity());
});

test('a limit that is changed or removed counts at once, and projects without one are not measured', async () => {
  let portions = 0;
  const it = await setUp({
    async measureActivities() {
      portions += 1;
      return { bytes: 0, next: undefined };
    },
  });
  await it.measureAll();
  expect(portions).toBe(0);
  await it.setLimit(size);
  await it.publish(activity());
  await expect(it.publish(activity())).rejects.toMatchObject(full);
  await it.setLimit(2 * size);
  await it.publish(activity());
  await it.setLimit(undefined);
  await it.publish(activity());
  await it.measureAll();
  expect(portions).toBe(0);
  // The first measurement finds what was accepted before.
  await it.setLimit(size);
  await it.measureAll();
  expect(portions).toBe(1);
});

test('records that were accepted before are published again without a limit', async () => {
  const it = await setUp();
  await it.setLimit(1);
  await expect(it.publish(activity())).rejects.toMatchObject(full);
  expect(await it.republish([letterOf(0, { project: shop })])).toEqual(['published']);
  await it.publish();
});
