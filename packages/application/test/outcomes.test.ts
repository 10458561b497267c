import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryEventPublisher,
  MemoryLog,
  MemoryProjectRepository,
  MemoryStore,
  SequentialIds,
} from '@user-activity/adapter-memory';
import {
  ActivityId,
  type ActivityOutcome,
  type ActivityRepository,
  defaultRecordingRules,
  StoredActivity,
  Timestamp,
  Turns,
  type UserActivity,
} from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { makeLogAndWait } from '../src/logging/log-activity.ts';
import { OutcomeWaiter } from '../src/logging/outcome-waiter.ts';
import { makeFindStatus } from '../src/querying/find-status.ts';
import { erasing } from './erasing.ts';
import { activitiesOn, sentToDefault } from './records.ts';

/** A waiter. The test lets its time pass, tick by tick. */
function setUp({
  max = 10,
  repository: change = {},
}: {
  max?: number;
  repository?: Partial<ActivityRepository>;
} = {}) {
  const store = new MemoryStore();
  const repository = new MemoryActivityRepository(store);
  const deadLetters = new MemoryDeadLetterRepository(store);
  const asked: (readonly string[])[] = [];
  const slept: number[] = [];
  let wake: (() => void) | undefined;
  const waiter = new OutcomeWaiter({
    repository: {
      findByIds(keys) {
        asked.push(keys.map(({ id }) => id));
        return change.findByIds?.(keys) ?? repository.findByIds(keys);
      },
    },
    deadLetters,
    projects: new MemoryProjectRepository(store),
    ...erasing(store),
    clock: new FixedClock(),
    sleep: (ms) => {
      slept.push(ms);
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    turns: new Turns({ defer: queueMicrotask, now: () => 0 }),
    max,
  });
  const tick = async (times = 1): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      wake?.();
      wake = undefined;
      await nextTurn();
    }
  };
  const never = new AbortController();
  const wait = (activity: UserActivity, until: AbortSignal = never.signal) =>
    waiter.outcomeOf(activity, until);
  const save = (...activities: UserActivity[]) => repository.save(activities);
  const deadLetter = (id: string, diedAt: string) =>
    new MemoryDeadLetterQueue(store).add([
      letterOf(1, { activityId: ActivityId.parse(id), diedAt: Timestamp.parse(diedAt), code: 'refused' }),
    ]);
  return {
    store,
    repository,
    deadLetters,
    waiter,
    asked,
    slept,
    tick,
    wait,
    save,
    deadLetter,
    never,
  };
}

const pending = Symbol('pending');
const now = async (promise: Promise<unknown>): Promise<unknown> =>
  Promise.race([promise, nextTurn().then(() => pending)]);
const at = '2026-01-02T03:04:05.678Z';
const sent = sampleActivity({ id: 'a', receivedAt: at });

describe('the outcome waiter', () => {
  test.each<[string, Parameters<typeof sampleActivity>[0], ActivityOutcome]>([
    ['the same activity', { receivedAt: at }, 'stored'],
    ['the same fact with an earlier receivedAt', { receivedAt: '2026-01-02T03:04:05.677Z' }, 'duplicate'],
    ['the same fact with a later receivedAt', { receivedAt: '2026-01-02T03:04:05.679Z' }, 'duplicate'],
    ['another type', { receivedAt: at, type: 'LOGOUT' }, 'conflict'],
    [
      'an activity with a createdAt of its client',
      { receivedAt: at, createdAt: '2025-01-01T00:00:00Z' },
      'duplicate',
    ],
  ])('resolves with the outcome if the store has %s', async (_, fields, outcome) => {
    const { wait, tick, save, waiter } = setUp();
    const waiting = wait(sent);
    await tick();
    expect(await now(waiting)).toBe(pending);
    await save(sampleActivity({ id: 'a', ...fields }));
    await tick(2);
    expect(await now(waiting)).toBe(outcome);
    expect(waiter.waiting).toBe(0);
  });

  test('resolves with dead_lettered if there is a newer dead letter and no stored activity', async () => {
    const { wait, tick, deadLetter } = setUp();
    const waiting = wait(sent);
    await deadLetter('a', at);
    await tick();
    expect(await now(waiting)).toBe('dead_lettered');
  });

  test('a dead letter of an earlier attempt does not count for this attempt', async () => {
    const { wait, tick, deadLetter, save } = setUp();
    await deadLetter('a', '2026-01-02T03:04:05.677Z');
    const waiting = wait(sent);
    await tick(3);
    expect(await now(waiting)).toBe(pending);
    await save(sent);
    await tick(4);
    expect(await now(waiting)).toBe('stored');
  });

  test('an activity is a conflict if another one with its id is stored between the two queries', async () => {
    const other = sampleActivity({ id: 'a', type: 'LOGOUT' });
    let questions = 0;
    const findByIds = async () => {
      questions += 1;
      return questions === 1 ? [] : [StoredActivity.of(other)];
    };
    const { wait, tick, deadLetter } = setUp({ repository: { findByIds } });
    const waiting = wait(sent);
    await deadLetter('a', at);
    await tick();
    expect(await now(waiting)).toBe('conflict');
  });

  test('queries after 1, 2, 4, 8 and 16 ticks of 20 ms, then after every 25 ticks, and for all due requests at once', async () => {
    const { wait, tick, asked, slept, waiter } = setUp();
    const first = wait(sent);
    const when: number[] = [];
    for (let ticks = 1; ticks <= 90; ticks += 1) {
      const before = asked.length;
      await tick();
      if (asked.length > before) when.push(ticks);
    }
    expect(when).toEqual([1, 3, 7, 15, 31, 56, 81]);
    expect(new Set(slept)).toEqual(new Set([20]));
    const others = ['b', 'c', 'b'].map((id) => wait(sampleActivity({ id })));
    await tick();
    expect(asked.at(-1)).toEqual(['b', 'c']);
    waiter.close();
    expect(await Promise.all([first, ...others])).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
  });

  test('sends no query while no request waits', async () => {
    const { wait, tick, asked, slept, save } = setUp();
    await save(sent);
    const waiting = wait(sent);
    await tick();
    expect(await now(waiting)).toBe('stored');
    await tick(10);
    expect([asked.length, slept.length]).toEqual([1, 1]);
    const again = wait(sent);
    await tick();
    expect(await now(again)).toBe('stored');
  });

  test('a request that is cancelled, even before the call, resolves with accepted and is not queried', async () => {
    const { wait, tick, asked, waiter } = setUp();
    const caller = new AbortController();
    const waiting = wait(sent, caller.signal);
    caller.abort();
    expect(await now(waiting)).toBe('accepted');
    expect(await now(wait(sent, caller.signal))).toBe('accepted');
    expect(waiter.waiting).toBe(0);
    await tick(5);
    expect(asked).toEqual([]);
  });

  test('has a maximum number of requests; others are answered at once until one leaves', async () => {
    const { wait, tick, save, waiter } = setUp({ max: 2 });
    const waiting = [wait(sent), wait(sampleActivity({ id: 'b' }))];
    expect(await now(wait(sampleActivity({ id: 'c' })))).toBe('accepted');
    expect([waiter.waiting, waiter.max]).toEqual([2, 2]);
    await save(sent);
    await tick();
    expect(await now(waiting[0] ?? Promise.resolve())).toBe('stored');
    expect(await now(wait(sampleActivity({ id: 'c' })))).toBe(pending);
  });

  test('close resolves all requests with accepted, and later requests do not wait', async () => {
    const { wait, waiter } = setUp();
    const waiting = wait(sent);
    waiter.close();
    expect(await now(waiting)).toBe('accepted');
    expect(await now(wait(sent))).toBe('accepted');
  });

  test('an unreachable store gives no outcome', async () => {
    const { store, wait, tick, save } = setUp();
    const waiting = wait(sent);
    await save(sent);
    store.reachable = false;
    await tick(3);
    expect(await now(waiting)).toBe(pending);
    store.reachable = true;
    await tick(4);
    expect(await now(waiting)).toBe('stored');
  });

  test('a bug rejects the affected requests, and the waiter continues', async () => {
    const bug = new TypeError('a bug');
    let questions = 0;
    const findByIds = async () => {
      questions += 1;
      if (questions === 1) throw bug;
      return [StoredActivity.of(sent)];
    };
    const { wait, tick, never } = setUp({ repository: { findByIds } });
    const failed = wait(sent).catch((error: unknown) => error);
    await tick();
    expect(await failed).toBe(bug);
    const waiting = wait(sent);
    await tick();
    expect(await now(waiting)).toBe('stored');
    expect(getEventListeners(never.signal, 'abort')).toEqual([]);
  });
});

describe('logAndWait', () => {
  function logging(outcomeOf: (activity: UserActivity) => Promise<ActivityOutcome>) {
    const log = new MemoryLog({ partitions: 1 });
    const deps = {
      publisher: new MemoryEventPublisher(log),
      clock: new FixedClock(),
      ids: new SequentialIds(),
      rules: defaultRecordingRules,
    };
    return { log, logAndWait: sentToDefault(makeLogAndWait({ ...deps, outcomeWaiter: { outcomeOf } })) };
  }
  const draft = { userId: '123', type: 'LOGIN' };
  const { signal } = new AbortController();

  test('waits for the activity after the log has confirmed it', async () => {
    const waited: (readonly UserActivity[])[] = [];
    const { log, logAndWait } = logging(async (activity) => {
      waited.push([activity, ...activitiesOn(log)]);
      return 'conflict';
    });
    expect(await logAndWait(draft, signal)).toEqual({ id: 'id-000001', status: 'conflict' });
    const [[activity, onLog] = []] = waited;
    expect(activity).toEqual(onLog);
  });

  test('does not wait if the log did not confirm the activity', async () => {
    const { log, logAndWait } = logging(() => Promise.reject(new Error('nobody waits')));
    await expect(logAndWait({}, signal)).rejects.toMatchObject({ code: 'INVALID_ACTIVITY' });
    log.reachable = false;
    await expect(logAndWait(draft, signal)).rejects.toMatchObject({
      code: 'LOG_UNAVAILABLE',
      ids: ['id-000002'],
    });
  });
});

test('findStatus returns stored, else dead-lettered, else unknown', async () => {
  const { store, repository, deadLetters, save, deadLetter } = setUp();
  const findStatus = makeFindStatus({ repository, deadLetters });
  const status = () => findStatus(sent);
  expect(await status()).toBe('unknown');
  await deadLetter('a', '1970-01-01T00:00:00Z');
  expect(await status()).toBe('dead_lettered');
  await save(sent);
  expect(await status()).toBe('stored');
  store.reachable = false;
  await expect(status()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
