import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryErasureLedger,
  MemoryKeyRepository,
  MemoryProjectRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  ActivityKeyText,
  DomainError,
  LogId,
  type OriginalRecord,
  ProjectId,
  type RepublishOutcome,
  RetentionDays,
  type UserActivity,
  UserId,
} from '@user-activity/domain';
import { letterOf, sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { makeMovingUseCases, type MovingPorts } from '../src/use-cases.ts';
import { recordedOf } from './erased-users.ts';

const shop = ProjectId.parse('shop');
const log = LogId.parse('source-log');
const utf8 = { in: new TextDecoder(), out: new TextEncoder() };

const portsOn = (store: MemoryStore) => ({
  repository: new MemoryActivityRepository(store),
  deadLetters: new MemoryDeadLetterRepository(store),
  deadLetterQueue: new MemoryDeadLetterQueue(store),
  keys: new MemoryKeyRepository(store),
  projects: new MemoryProjectRepository(store),
  ledger: new MemoryErasureLedger(store),
});

/** Two deployments in memory. The target stores what is published, as its consumers do. */
function setUp(change: Partial<MovingPorts['target']> = {}) {
  const [sourceStore, targetStore] = [new MemoryStore(), new MemoryStore()];
  const [source, target] = [portsOn(sourceStore), portsOn(targetStore)];
  const published: OriginalRecord[] = [];
  const saved: Parameters<MovingPorts['onProgress']>[] = [];
  const failures: unknown[] = [];
  const republish = async (records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]> => {
    published.push(...records);
    const keys = records.map(({ value }) => ActivityKeyText.trusted(utf8.in.decode(value ?? undefined)));
    const activities = keys.flatMap((key) => sourceStore.activities.get(key) ?? []);
    await target.repository.save(activities);
    return records.map(() => 'published');
  };
  const ports: MovingPorts = {
    source: { ...source, topic: 'user-activity', log },
    target: { ...target, publisher: { republish }, topic: 'target-topic', ...change },
    clock: new FixedClock(),
    toRecord: (activity) => ({
      key: utf8.out.encode(activity.userId),
      value: utf8.out.encode(ActivityKeyText.of(activity)),
      headers: {},
    }),
    pause: async () => undefined,
    grace: async () => undefined,
    observer: {
      failed(error) {
        if (failures.push(error) > 10) throw error;
      },
      recovered: () => undefined,
    },
    onProgress: async (...progress) => void saved.push(progress),
    onConfirmed: () => undefined,
  };
  const useCases = makeMovingUseCases(ports);
  return {
    ...useCases,
    ports,
    sourceStore,
    targetStore,
    source,
    target,
    published,
    saved,
    failures,
    republish,
  };
}

const { signal } = new AbortController();

test('everything is moved, and each record keeps the position of its original', async () => {
  const it = setUp();
  const activities = [...sampleActivities(1200), sampleActivity({ id: 'a', project: shop })];
  await it.source.repository.save(
    activities,
    activities.map((_, offset) => ({ log, partition: 0, offset })),
  );
  await it.source.repository.save([sampleActivity({ id: 'without-a-place', project: ProjectId.system })]);
  await it.source.projects.changeSettings(shop, { retentionDays: RetentionDays.parse(9) });
  await it.source.deadLetterQueue.add([
    letterOf(1),
    letterOf(2, { project: shop }),
    letterOf(3, { origin: { topic: 'http', partition: 1, offset: 3 }, code: 'invalid' }),
    letterOf(4, { origin: { topic: 'user-activity', log: LogId.parse('older'), partition: 0, offset: 4 } }),
  ]);
  const erasure = { ...recordedOf(7), userId: undefined, erased: 12 };
  await it.source.ledger.keep(erasure);

  expect(await it.moveData(signal)).toEqual({
    projects: 3,
    keys: 0,
    erasures: 1,
    deadLetters: 4,
    activities: 1202,
  });
  expect([...it.targetStore.activities.values()].length).toBe(1202);
  for (const [key, activity] of it.sourceStore.activities)
    expect(it.targetStore.activities.get(key)).toEqual(activity);
  expect(it.published.at(-1)?.origin).toEqual({ topic: 'target-topic', log, partition: 0, offset: 1200 });
  expect(it.published[0]?.origin).toEqual({ topic: 'target-topic', log, partition: 0, offset: 0 });
  expect([...it.targetStore.letters.keys()].toSorted()).toEqual([
    'http:1:3',
    'target-topic@older:0:4',
    'target-topic@source-log:0:1',
    'target-topic@source-log:0:2',
  ]);
  expect(await it.target.ledger.findAll(10)).toEqual([{ ...erasure, topic: 'target-topic@source-log' }]);
  expect(await it.target.projects.findSettings()).toMatchObject([{ project: shop, retentionDays: 9 }]);
  expect(await it.confirmMove(signal)).toMatchObject({
    equal: 1202,
    different: { count: 0 },
    missing: { count: 0 },
  });
});

test('a move continues where an earlier one stopped', async () => {
  const it = setUp();
  await it.source.repository.save([...sampleActivities(1200), ...sampleActivities(700, { project: shop })]);
  await it.moveData(signal);
  const all = it.published.length;
  expect(it.saved.map(([{ activities }, total]) => [activities, total])).toEqual(
    [500, 1000, 1200, 1700, 1900].map((activities) => [activities, 1900]),
  );
  const [, , , [inShop] = []] = it.saved;
  const result = await it.moveData(signal, { from: inShop });
  expect(it.published.length - all).toBe(200);
  expect(result.activities).toBe(1900);
  const [, [second] = []] = it.saved;
  await it.moveData(signal, { from: second });
  expect(it.published.length - all).toBe(200 + 900);
});

test('a move waits while the target is down', async () => {
  let failing = 3;
  const down = new DomainError('LOG_UNAVAILABLE', 'down');
  const it = setUp({
    publisher: {
      republish: async (records) => {
        failing -= 1;
        if (failing >= 0) throw down;
        return it.republish(records);
      },
    },
  });
  await it.source.repository.save(sampleActivities(3));
  expect((await it.moveData(signal)).activities).toBe(3);
  expect(it.failures).toEqual([down, down, down]);
});

describe('a move is refused', () => {
  test('while a project or a user is erased', async () => {
    const [ofProject, ofUser] = [setUp(), setUp()];
    await ofProject.source.projects.beginErasure(shop, new FixedClock().now());
    await ofUser.source.ledger.record(recordedOf(7));
    for (const it of [ofProject, ofUser])
      await expect(it.moveData(signal)).rejects.toThrow('A project or a user is being erased.');
  });

  test('if a user was erased after an earlier run that may have moved activities of the user', async () => {
    const it = setUp();
    const kept = (id: string) =>
      it.source.ledger.keep({ ...recordedOf(7, 'erase', { id }), userId: undefined, erased: 1 });
    await kept('before');
    await it.moveData(signal);
    await it.moveData(signal, { from: undefined });
    await kept('after');
    await expect(it.moveData(signal, { from: undefined })).rejects.toThrow('Move to an empty target.');
  });

  test('if the target has no room for settings', async () => {
    const it = setUp({ projects: { findSettings: async () => [], changeSettings: async () => 'too-many' } });
    await it.source.projects.changeSettings(shop, { retentionDays: RetentionDays.parse(9) });
    await expect(it.moveData(signal)).rejects.toThrow('no room for all projects with settings');
  });

  test('if an activity is too large for the topic', async () => {
    const it = setUp({ publisher: { republish: async () => ['too-large'] } });
    await it.source.repository.save(sampleActivities(1));
    await expect(it.moveData(signal)).rejects.toThrow('max.message.bytes');
    expect(it.saved).toEqual([]);
  });
});

test('settings that a project has at the target stay as they are', async () => {
  const it = setUp();
  for (const [project, days] of [
    [shop, 9],
    [ProjectId.default, 8],
  ] as const)
    await it.source.projects.changeSettings(project, { retentionDays: RetentionDays.parse(days) });
  await it.target.projects.changeSettings(shop, { retentionDays: RetentionDays.parse(365) });
  await it.moveData(signal);
  const settings = await it.target.projects.findSettings();
  expect(settings.map(({ project, retentionDays }) => `${project} ${retentionDays}`).toSorted()).toEqual([
    'default 8',
    'shop 365',
  ]);
});

describe('the comparison', () => {
  /** Compares activities with those of a target. The consumers of the target store `later` at the third pause. */
  async function compared(
    activities: readonly UserActivity[],
    stored: readonly UserActivity[],
    later: readonly UserActivity[],
  ) {
    const it = setUp();
    await it.source.repository.save(activities);
    await it.target.repository.save(stored);
    let pauses = 0;
    const { confirmMove } = makeMovingUseCases({
      ...it.ports,
      pause: async () => {
        pauses += 1;
        if (pauses === 3) await it.target.repository.save(later);
      },
    });
    return { pauses: () => pauses, result: await confirmMove(signal) };
  }

  test('waits for missing activities, and reports those that differ', async () => {
    const [first, second, third, ...others] = sampleActivities(600);
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('They are missing.');
    const changed = second.anonymised(UserId.parse('other'));
    // The third activity was also sent to the target by a client.
    const { userId: sender, type, metadata, createdAt } = third;
    const again = sampleActivity({
      id: third.id,
      userId: sender,
      type,
      metadata,
      createdAt,
      receivedAt: third.receivedAt + 1,
    });
    const { pauses, result } = await compared(
      [first, second, third, ...others],
      [changed, again, ...others],
      [first],
    );
    const { project, id } = second;
    expect(result).toEqual({
      equal: 599,
      different: { count: 1, first: [{ project, id }] },
      missing: { count: 0, first: [] },
    });
    expect(pauses()).toBe(3);
  });

  test('stops waiting if nothing more arrives, and reports what is missing', async () => {
    const activities = sampleActivities(1200);
    const { pauses, result } = await compared(activities, activities.slice(0, 700), []);
    expect(result).toMatchObject({ equal: 700, different: { count: 0 }, missing: { count: 500 } });
    expect(result.missing.first).toHaveLength(100);
    expect(pauses()).toBeLessThan(200);
  });
});
