import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryEventConsumer,
  MemoryProjectRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  ActivityKeyText,
  type ActivityRepository,
  edgeTopic,
  emptyTally,
  maxErasedAt,
  ProjectId,
  Timestamp,
  Turns,
  type UserActivity,
} from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { OutcomeWaiter } from '../src/logging/outcome-waiter.ts';
import { makeStoringUseCases } from '../src/use-cases.ts';
import { withoutErasedLetters } from '../src/storing/without-erased-letters.ts';
import { recordsOf, settling, spanOf } from './records.ts';
import { erasing } from './erasing.ts';

const shop = ProjectId.parse('shop');
const none = emptyTally();
const at = (millis: number): Timestamp => Timestamp.fromMillis(millis);

/** The use case on adapters in memory. `beforeSave` and `afterSave` run around each save. */
function setUp(around: { beforeSave?: () => Promise<unknown>; afterSave?: () => Promise<unknown> } = {}) {
  const store = new MemoryStore();
  const repository = new MemoryActivityRepository(store);
  const projects = new MemoryProjectRepository(store);
  let failures = 0;
  const save: ActivityRepository['save'] = async (activities, origins) => {
    await around.beforeSave?.();
    const outcomes = await repository.save(activities, origins);
    await around.afterSave?.();
    return outcomes;
  };
  const { storeActivities } = makeStoringUseCases({
    ...settling(store),
    consumer: new MemoryEventConsumer(),
    acceptsGap: false,
    resumeObserver: { upgraded: () => undefined, rereading: () => undefined, skipped: () => undefined },
    repository: { save, findByIds: (keys) => repository.findByIds(keys) },
    projects,
    ...erasing(store),
    deadLetterQueue: new MemoryDeadLetterQueue(store),
    clock: new FixedClock(),
    pause: async () => {
      store.reachable = true;
    },
    grace: async () => undefined,
    observer: {
      failed: () => {
        failures += 1;
      },
      recovered: () => undefined,
    },
    health: { log: [], store: [] },
  });
  const { signal } = new AbortController();
  return {
    store,
    projects,
    ...erasing(store),
    left: () => [...store.activities.keys()].toSorted(),
    failures: () => failures,
    settled: () => [...store.settled.values()].flat(),
    run: (...contents: readonly (UserActivity | 'unreadable')[]) => {
      const records = recordsOf(...contents);
      return storeActivities(records, signal, spanOf(records));
    },
  };
}

const activity = (id: string, receivedAt: number, project: ProjectId = shop) =>
  sampleActivity({ project, id, receivedAt });

describe('an activity of an erased project', () => {
  test('is not stored if it was received at or before the erasure, and has the outcome erased', async () => {
    const { left, projects, run } = setUp();
    await projects.beginErasure(shop, at(5));
    expect(
      await run(
        activity('before', 4),
        activity('at', 5),
        'unreadable',
        activity('after', 6),
        activity('x', 1, ProjectId.default),
      ),
    ).toEqual({ ...none, stored: 2, dead_lettered: 1, erased: 2 });
    expect(left()).toEqual(['shop after', 'x']);
  });

  test('is not stored after the end of the erasure either', async () => {
    const { left, projects, run, settled } = setUp();
    await projects.endErasure(await projects.beginErasure(shop, at(5)));
    expect(await run(activity('late', 3))).toEqual({ ...none, erased: 1 });
    expect(left()).toEqual([]);
    // A batch with only erased activities is settled too. Otherwise the next batch would be refused for ever.
    expect(settled()).toEqual([1]);
  });

  test('gives no dead letter, even if another activity has its id', async () => {
    const { store, left, projects, run } = setUp();
    await run(activity('a', 9));
    await projects.beginErasure(shop, at(5));
    const other = sampleActivity({ project: shop, id: 'a', type: 'OTHER', receivedAt: 5 });
    expect(await run(other)).toEqual({ ...none, erased: 1 });
    expect([left(), store.letters.size]).toEqual([['shop a'], 0]);
  });

  test('is removed again if the erasure is recorded while it is stored', async () => {
    for (const around of ['beforeSave', 'afterSave'] as const) {
      const erase = async () => it.projects.beginErasure(shop, at(5));
      const it = setUp({ [around]: erase });
      expect(await it.run(activity('a', 4), activity('b', 6))).toEqual({ ...none, stored: 1, erased: 1 });
      expect(it.left()).toEqual(['shop b']);
    }
  });

  test('is removed with its dead letter if an erasure is recorded while the letter is added', async () => {
    const it = setUp({ afterSave: async () => it.projects.beginErasure(shop, at(5)) });
    const stored = activity('a', 1);
    it.store.activities.set(ActivityKeyText.of(stored), stored);
    const conflicting = sampleActivity({ project: shop, id: 'a', type: 'OTHER', receivedAt: 4 });
    expect(await it.run(conflicting)).toEqual({ ...none, erased: 1 });
    expect([it.left(), it.store.letters.size]).toEqual([[], 0]);
  });

  test('is removed when it is delivered again, if the process died before it looked up the erasures again', async () => {
    const it = setUp();
    await it.run(activity('a', 4), activity('b', 6));
    await new MemoryDeadLetterQueue(it.store).add([letterOf(0, { project: shop })]);
    await it.projects.beginErasure(shop, at(5));
    expect(await it.run(activity('a', 4), activity('b', 6))).toEqual({ ...none, erased: 1, redelivered: 1 });
    expect([it.left(), it.store.letters.size]).toEqual([['shop b'], 0]);
  });

  test('is replaced by an activity with its id that was received later, as long as the erasure is under way', async () => {
    const { store, left, projects, run } = setUp();
    await run(activity('a', 3), activity('b', 4), activity('c', 9));
    const erasure = await projects.beginErasure(shop, at(5));
    // Without the removal, the later ones would be a duplicate and a conflict of activities that the sweep removes.
    const again = [
      activity('a', 6),
      sampleActivity({ project: shop, id: 'b', type: 'OTHER', receivedAt: 7 }),
      activity('c', 10),
    ];
    expect(await run(...again)).toEqual({ ...none, stored: 2, duplicate: 1 });
    expect([...store.activities.values()].map(({ receivedAt }) => receivedAt)).toEqual([9, 6, 7]);
    expect([left(), store.letters.size]).toEqual([['shop a', 'shop b', 'shop c'], 0]);
    await projects.endErasure(erasure);
    expect(await run(activity('a', 8))).toEqual({ ...none, duplicate: 1 });
  });

  test('is replaced by a later one even if the erasure is recorded while the later one is stored', async () => {
    for (const around of ['beforeSave', 'afterSave'] as const) {
      const it = setUp({ [around]: async () => it.projects.beginErasure(shop, at(5)) });
      const older = activity('a', 3);
      it.store.activities.set(ActivityKeyText.of(older), older);
      const later = sampleActivity({ project: shop, id: 'a', type: 'OTHER', receivedAt: 6 });
      expect(await it.run(later)).toEqual({ ...none, stored: 1 });
      expect([...it.store.activities.values()]).toEqual([later]);
      expect(it.store.letters.size).toBe(0);
    }
  });

  test('is stored if the erasure was written with a clock more than 5 minutes ahead', async () => {
    const { left, projects, run } = setUp();
    const now = new FixedClock().now();
    await projects.beginErasure(shop, at(maxErasedAt(now) + 1));
    expect(await run(activity('a', now - 1))).toEqual({ ...none, stored: 1 });
    await projects.beginErasure(shop, at(now));
    await projects.beginErasure(shop, maxErasedAt(now));
    expect(await run(activity('b', now - 1))).toEqual({ ...none, erased: 1 });
    expect(left()).toEqual(['shop a']);
  });

  test('an outage of the store is retried until it ends', async () => {
    const it = setUp();
    it.store.reachable = false;
    expect(await it.run(activity('a', 4))).toEqual({ ...none, stored: 1 });
    expect(it.failures()).toBe(1);
  });

  test('a batch without a readable record looks up no erasure', async () => {
    const it = setUp();
    expect(await it.run('unreadable')).toEqual({ ...none, dead_lettered: 1 });
    expect(await it.run()).toEqual(none);
  });
});

test('a dead letter of the API is removed again if its project was erased meanwhile', async () => {
  const store = new MemoryStore();
  const projects = new MemoryProjectRepository(store);
  const queue = withoutErasedLetters(new MemoryDeadLetterQueue(store), {
    projects,
    ...erasing(store),
    clock: new FixedClock(),
    deadLetters: new MemoryDeadLetterRepository(store),
  });
  await projects.beginErasure(shop, at(5));
  const letters = [4, 5, 6].map((millis) =>
    letterOf(millis, {
      project: shop,
      origin: { topic: edgeTopic, partition: 0, offset: millis },
      diedAt: at(millis),
    }),
  );
  await queue.add([...letters, letterOf(9, { diedAt: at(1) })]);
  expect([...store.letters.keys()]).toEqual([`${edgeTopic}:0:6`, 'user-activity:0:9']);
});

test('a waiting request gets the outcome erased', async () => {
  const store = new MemoryStore();
  const projects = new MemoryProjectRepository(store);
  const waiter = new OutcomeWaiter({
    repository: new MemoryActivityRepository(store),
    deadLetters: new MemoryDeadLetterRepository(store),
    projects,
    ...erasing(store),
    clock: new FixedClock(),
    sleep: async () => undefined,
    turns: new Turns({ defer: queueMicrotask, now: () => 0 }),
    max: 10,
  });
  await projects.beginErasure(shop, at(5));
  const over = new AbortController();
  const later = waiter.outcomeOf(activity('later', 6), over.signal);
  expect(await waiter.outcomeOf(activity('a', 5), over.signal)).toBe('erased');
  over.abort();
  expect(await later).toBe('accepted');
});

test('a stored activity that is being erased does not decide the outcome of a waiting request with its id', async () => {
  const store = new MemoryStore();
  const repository = new MemoryActivityRepository(store);
  const projects = new MemoryProjectRepository(store);
  await repository.save([activity('a', 3), activity('b', 3)]);
  await projects.beginErasure(shop, at(5));
  let sleeps = 0;
  const waiter = new OutcomeWaiter({
    repository,
    deadLetters: new MemoryDeadLetterRepository(store),
    projects,
    ...erasing(store),
    clock: new FixedClock(),
    sleep: async () => {
      sleeps += 1;
      if (sleeps !== 3) return;
      store.activities.clear();
      await repository.save([activity('a', 6), activity('b', 7)]);
    },
    turns: new Turns({ defer: queueMicrotask, now: () => 0 }),
    max: 10,
  });
  const { signal } = new AbortController();
  const conflicting = sampleActivity({ project: shop, id: 'b', type: 'OTHER', receivedAt: 6 });
  const outcomes = [activity('a', 6), conflicting].map((each) => waiter.outcomeOf(each, signal));
  expect(await Promise.all(outcomes)).toEqual(['stored', 'conflict']);
});
