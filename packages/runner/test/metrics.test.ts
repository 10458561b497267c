import { FixedClock, MemoryMetrics } from '@user-activity/adapter-memory';
import { InputFault, type ProgressState } from '@user-activity/application';
import {
  type ActivityRepository,
  DomainError,
  type EventConsumer,
  type EventPublisher,
  LogId,
  ProjectId,
  Timestamp,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { groupObserver, withOutageMetrics, publishObserver } from '../src/index.ts';
import { measureGroup, measureLag, cachedProgressReader } from '../src/metrics/lag-metrics.ts';
import { measureUseCase } from '../src/metrics/measure-use-case.ts';
import { withRestartCounter, measureProgress } from '../src/metrics/progress-metrics.ts';
import { withPublishMetrics } from '../src/metrics/publish-metrics.ts';
import { withDeadLetterMetrics, withSaveMetrics, storingMetrics } from '../src/metrics/storing-metrics.ts';
import { sweepMetrics } from '../src/metrics/sweep-metrics.ts';
import { acceptanceMetrics } from '../src/metrics/acceptance-metrics.ts';

let metrics: MemoryMetrics;
beforeEach(() => {
  metrics = new MemoryMetrics();
});
afterEach(() => metrics.stop());

/** Returns the numbers of a metric, by the values of their attributes. */
async function numbers(name: string): Promise<Record<string, number>> {
  const readings = await metrics.read(`user_activity.${name}`);
  return Object.fromEntries(
    readings.map(({ attributes, value }) => [Object.values(attributes).join(' '), value]),
  );
}

const failing = (error: Error) => async (): Promise<never> => {
  throw error;
};
const unavailable = new DomainError('STORE_UNAVAILABLE', 'gone');

describe('a use case', () => {
  test('returns its result, and its calls are counted', async () => {
    const successes: unknown[] = [];
    const add = measureUseCase(
      'add',
      async (a: number, b: number) => a + b,
      (...all) => successes.push(all),
    );
    expect([await add(1, 2), await add(3, 4)]).toEqual([3, 7]);
    expect(successes).toEqual([
      [3, 1, 2],
      [7, 3, 4],
    ]);
    expect(await numbers('use_case.duration')).toEqual({ add: 2 });
  });

  test('rejects with its error, which is counted by its code if it has one, and never by its name', async () => {
    const onSuccess = vi.fn<() => void>();
    const bug = new TypeError('x');
    await expect(measureUseCase('one', failing(unavailable), onSuccess)()).rejects.toBe(unavailable);
    await expect(measureUseCase('one', failing(bug), onSuccess)()).rejects.toBe(bug);
    const fault = new InputFault('INPUT_TOO_LARGE', 'x');
    await expect(measureUseCase('one', failing(fault), onSuccess)()).rejects.toBe(fault);
    expect(onSuccess).not.toHaveBeenCalled();
    expect(await numbers('use_case.duration')).toEqual({
      'one STORE_UNAVAILABLE': 1,
      'one INPUT_TOO_LARGE': 1,
      'one _OTHER': 1,
    });
  });
});

test('accepted activities and rejected items of batches are counted', async () => {
  const { single, batch } = acceptanceMetrics();
  expect(await numbers('activities.rejected')).toEqual({ '': 0 });
  single();
  batch({ accepted: 3, ids: [], rejected: [{ index: 0, violations: [] }], unexplained: 0 });
  expect(await numbers('activities.accepted')).toEqual({ '': 4 });
  expect(await numbers('activities.rejected')).toEqual({ '': 1 });
});

describe('storing', () => {
  const [early, late] = [sampleActivity({ id: 'a' }), sampleActivity({ id: 'b' })];

  test('counts records by outcome, and each counter begins at 0', async () => {
    const count = storingMetrics();
    const none = { stored: 0, redelivered: 0, duplicate: 0, conflict: 0, erased: 0, dead_lettered: 0 };
    expect(await numbers('consumer.outcomes')).toEqual(none);
    const tally = { stored: 1, redelivered: 2, duplicate: 3, conflict: 4, erased: 5, dead_lettered: 6 };
    count(tally, []);
    count({ ...tally, stored: 0 }, []);
    expect(await numbers('consumer.outcomes')).toEqual({
      stored: 1,
      redelivered: 4,
      duplicate: 6,
      conflict: 8,
      erased: 10,
      dead_lettered: 12,
    });
    expect(await numbers('consumer.batch.records')).toEqual({ '': 2 });
  });

  test('measures the time since acceptance of stored activities only', async () => {
    const outcomes = ['stored', 'duplicate', { refused: 'no' }, 'stored'] as const;
    const clock = new FixedClock(Timestamp.toISO(Timestamp.fromMillis(early.receivedAt + 2500)));
    const save = vi.fn<ActivityRepository['save']>(async () => outcomes);
    const activities = [early, late, late, early];
    const origins = activities.map((_, offset) => ({ log: LogId.parse('log-1'), partition: 0, offset }));
    expect(await withSaveMetrics({ save }, clock).save(activities, origins)).toBe(outcomes);
    expect(save.mock.lastCall).toEqual([activities, origins]);
    expect(await metrics.read('user_activity.accepted_to_stored.duration')).toEqual([
      { attributes: {}, value: 2, sum: 5 },
    ]);
  });

  test('measures no negative time if a clock is ahead, and nothing if the store fails', async () => {
    const clock = new FixedClock(Timestamp.toISO(Timestamp.fromMillis(early.receivedAt - 1000)));
    await withSaveMetrics({ save: async () => ['stored'] }, clock).save([early]);
    const broken: Pick<ActivityRepository, 'save'> = { save: failing(unavailable) };
    await expect(withSaveMetrics(broken, clock).save([early])).rejects.toBe(unavailable);
    expect(await metrics.read('user_activity.accepted_to_stored.duration')).toEqual([
      { attributes: {}, value: 1, sum: 0 },
    ]);
  });

  test('counts dead letters by code, after the queue has accepted them', async () => {
    const letter = { origin: { topic: 't', partition: 0, offset: 0 }, key: null, value: null, headers: {} };
    const dead = {
      ...letter,
      project: ProjectId.default,
      code: 'refused',
      reason: 'x',
      diedAt: Timestamp.fromMillis(0),
    } as const;
    await withDeadLetterMetrics({ add: async () => undefined }).add([
      dead,
      dead,
      { ...dead, code: 'conflict' },
    ]);
    await expect(withDeadLetterMetrics({ add: failing(unavailable) }).add([dead])).rejects.toBe(unavailable);
    expect(await numbers('dead_letters')).toEqual({ invalid: 0, unreadable: 0, refused: 2, conflict: 1 });
  });

  test('counts failed attempts by dependency, and notifies the wrapped observer', async () => {
    const observer = {
      failed: vi.fn<(error: unknown, failures: number) => void>(),
      recovered: vi.fn<(failures: number) => void>(),
    };
    const [store, log] = [withOutageMetrics('store', observer), withOutageMetrics('log', observer)];
    store.failed(unavailable, 1);
    store.failed(unavailable, 2);
    store.recovered(2);
    log.failed(unavailable, 1);
    expect(await numbers('outage.failures')).toEqual({ store: 2, log: 1 });
    expect(observer.failed).toHaveBeenCalledTimes(3);
    expect(observer.recovered).toHaveBeenCalledExactlyOnceWith(2);
  });
});

test('dead letters removed by sweeps are counted by reason, and the size of the remaining letters of the API is shown', async () => {
  const count = sweepMetrics();
  expect(await numbers('dead_letters.removed')).toEqual({ age: 0, quota: 0 });
  expect(await numbers('dead_letters.edge.size')).toEqual({});
  count({ expired: 2, evicted: 3, edgeBytes: 70 });
  count({ expired: 1, evicted: 0, edgeBytes: 50 });
  expect(await numbers('dead_letters.removed')).toEqual({ age: 3, quota: 3 });
  expect(await numbers('dead_letters.edge.size')).toEqual({ '': 50 });
});

describe('publishing', () => {
  test('counts calls by the code of their error', async () => {
    const busy = new DomainError('LOG_BUSY', 'full');
    const sound: EventPublisher = {
      publish: async () => undefined,
      republish: async () => ['published'],
      ping: async () => undefined,
      close: async () => undefined,
    };
    await withPublishMetrics(sound).publish([]);
    expect(await withPublishMetrics(sound).republish([])).toEqual(['published']);
    await expect(withPublishMetrics({ ...sound, publish: failing(busy) }).publish([])).rejects.toBe(busy);
    expect(await numbers('publish.duration')).toEqual({ '': 2, LOG_BUSY: 1 });
  });

  test('shows the current buffer, and what each flush confirmed', async () => {
    const observer = publishObserver({ events: 10, bytes: 1000 });
    observer.buffered(7, 700);
    observer.buffered(3, 300);
    observer.flushed({ events: 4, bytes: 400, seconds: 0.1, failed: false });
    observer.flushed({ events: 0, bytes: 0, seconds: 5, failed: true });
    for (const [name, value] of Object.entries({ events: 3, events_limit: 10, size: 300, size_limit: 1000 }))
      expect(await numbers(`publish.buffer.${name}`)).toEqual({ '': value });
    for (const [name, sum] of Object.entries({ events: 4, size: 400 })) {
      expect(await metrics.read(`user_activity.publish.flush.${name}`)).toEqual([
        { attributes: {}, value: 1, sum },
      ]);
    }
    expect(await numbers('publish.flush.duration')).toEqual({ '': 2 });
    expect(await numbers('publish.flush.failures')).toEqual({ '': 1 });
  });
});

test('a member shows whether it is in its group, and its number of partitions', async () => {
  const observer = groupObserver();
  expect(await numbers('consumer.joined')).toEqual({ '': 0 });
  observer.joined(6);
  expect(await numbers('consumer.joined')).toEqual({ '': 1 });
  observer.left();
  observer.joined(3);
  expect(await numbers('consumer.partitions')).toEqual({ '': 3 });
  expect(await numbers('consumer.rebalances')).toEqual({ joined: 2, left: 1 });
});

describe('the lag', () => {
  const at = (committed: number, end: number) => [
    { partition: 4, oldest: 0, committed, end, isMarked: true },
  ];

  test('is shown for each partition, and read from the log again after 3 s', async () => {
    vi.useFakeTimers();
    try {
      const progress = vi.fn<EventConsumer['progress']>(async () => at(2, 12));
      measureLag({ progress });
      expect(await numbers('consumer.lag')).toEqual({ 4: 10 });
      progress.mockResolvedValue(at(13, 12));
      expect(await numbers('consumer.lag')).toEqual({ 4: 10 });
      expect(progress).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(3001);
      expect(await numbers('consumer.lag')).toEqual({ 4: 0 });
    } finally {
      vi.useRealTimers();
    }
  });

  test('is not shown while the log is unreachable', async () => {
    measureLag({ progress: failing(new DomainError('LOG_UNAVAILABLE', 'gone')) });
    expect(await numbers('consumer.lag')).toEqual({});
  });
});

test('the lag of a group is the sum of all its partitions, and is not shown while the log is unreachable', async () => {
  const partition = { oldest: 0, isMarked: false };
  const progress = vi
    .fn<EventConsumer['progress']>()
    .mockResolvedValueOnce([
      { partition: 0, committed: 5, end: 7, ...partition },
      { partition: 1, committed: 10, end: 9, ...partition },
    ])
    .mockRejectedValue(new DomainError('LOG_UNAVAILABLE', 'gone'));
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    measureGroup(cachedProgressReader(progress));
    expect(await numbers('group.lag')).toEqual({ '': 2 });
    expect(await numbers('group.handled')).toEqual({ '': 15 });
    expect(progress).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(3001);
    expect(await numbers('group.lag')).toEqual({});
    expect(await numbers('group.handled')).toEqual({});
  } finally {
    vi.useRealTimers();
  }
});

test('restarts are counted and passed on, and only the current state of the watchdog has the value 1', async () => {
  const listener = vi.fn<(reason: unknown) => void>();
  const restarted = withRestartCounter(listener);
  expect(await numbers('consumer.restarts')).toEqual({ '': 0 });
  restarted(unavailable);
  expect(listener).toHaveBeenCalledExactlyOnceWith(unavailable);
  expect(await numbers('consumer.restarts')).toEqual({ '': 1 });
  const watchdog: { state: ProgressState } = { state: 'moving' };
  measureProgress(watchdog);
  expect(await numbers('watchdog.state')).toEqual({ moving: 1, waiting: 0, stalled: 0, dead: 0 });
  watchdog.state = 'stalled';
  expect(await numbers('watchdog.state')).toEqual({ moving: 0, waiting: 0, stalled: 1, dead: 0 });
});
