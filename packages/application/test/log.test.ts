import { FixedClock, MemoryEventPublisher, MemoryLog, SequentialIds } from '@user-activity/adapter-memory';
import { defaultRecordingRules, DomainError, type EventPublisher } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { FaultyDraft, makeLogActivities } from '../src/logging/log-activities.ts';
import { makeLogActivity } from '../src/logging/log-activity.ts';
import { activitiesOn, sentToDefault } from './records.ts';

const draft = (fields: object = {}) => ({ userId: '123', type: 'LOGIN', ...fields });

function setUp() {
  const log = new MemoryLog({ partitions: 1 });
  const publisher = new MemoryEventPublisher(log, { bufferedEvents: 10 });
  const deps = { publisher, clock: new FixedClock(), ids: new SequentialIds(), rules: defaultRecordingRules };
  return {
    log,
    logActivity: sentToDefault(makeLogActivity(deps)),
    logActivities: sentToDefault(makeLogActivities(deps)),
  };
}

describe('logActivity', () => {
  test('publishes the activity and returns its id', async () => {
    const { log, logActivity } = setUp();
    expect(await logActivity(draft({ metadata: { ip: '127.0.0.1' } }))).toBe('id-000001');
    expect(activitiesOn(log)).toMatchObject([
      { id: 'id-000001', userId: '123', metadata: { ip: '127.0.0.1' } },
    ]);
  });

  test("returns the client's own id", async () => {
    expect(await setUp().logActivity(draft({ id: 'mine' }))).toBe('mine');
  });

  test('publishes nothing if the draft breaks a rule', async () => {
    const { log, logActivity } = setUp();
    await expect(logActivity(draft({ userId: '' }))).rejects.toMatchObject({
      code: 'INVALID_ACTIVITY',
      violations: [{ path: '/userId' }],
    });
    expect(activitiesOn(log)).toEqual([]);
  });

  test('resolves only after the log has confirmed the activity', async () => {
    const confirmation = Promise.withResolvers<void>();
    const publisher: EventPublisher = {
      ...stub(),
      publish: () => confirmation.promise,
    };
    const logActivity = sentToDefault(
      makeLogActivity({
        publisher,
        clock: new FixedClock(),
        ids: new SequentialIds(),
        rules: defaultRecordingRules,
      }),
    );
    const settled = logActivity(draft()).then(() => 'resolved');
    expect(await Promise.race([settled, Promise.resolve('pending')])).toBe('pending');
    confirmation.resolve();
    expect(await settled).toBe('resolved');
  });

  test('rejects with the id for a retry while the log is unreachable', async () => {
    const { log, logActivity } = setUp();
    log.reachable = false;
    await expect(logActivity(draft())).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE', ids: ['id-000001'] });
  });

  test('rejects with an unexpected error unchanged', async () => {
    const bug = new TypeError('a bug');
    const publisher = { ...stub(), publish: () => Promise.reject(bug) };
    const logActivity = sentToDefault(
      makeLogActivity({
        publisher,
        clock: new FixedClock(),
        ids: new SequentialIds(),
        rules: defaultRecordingRules,
      }),
    );
    await expect(logActivity(draft())).rejects.toBe(bug);
  });
});

describe('logActivities', () => {
  test('accepts or rejects each draft separately', async () => {
    const { log, logActivities } = setUp();
    const receipt = await logActivities([[draft({ id: 'a' }), draft({ type: '' }), null, draft()]]);
    expect(receipt).toEqual({
      accepted: 2,
      ids: ['a', null, null, 'id-000002'],
      rejected: [
        { index: 1, violations: [{ path: '/type', message: 'must be 1-256 characters' }] },
        { index: 2, violations: [{ path: '', message: 'must be a JSON object' }] },
      ],
      unexplained: 0,
    });
    expect(activitiesOn(log).map(({ id }) => id)).toEqual(['a', 'id-000002']);
  });

  test('publishes nothing if no draft is valid, even while the log is unreachable', async () => {
    const { log, logActivities } = setUp();
    log.reachable = false;
    expect(await logActivities([[7]])).toMatchObject({ accepted: 0, ids: [null] });
    expect(await logActivities([])).toEqual({ accepted: 0, ids: [], rejected: [], unexplained: 0 });
  });

  test('publishes a batch with one call', async () => {
    const sizes: number[] = [];
    const publisher: EventPublisher = {
      ...stub(),
      async publish(events) {
        sizes.push(events.length);
      },
    };
    const logActivities = sentToDefault(
      makeLogActivities({
        publisher,
        clock: new FixedClock(),
        ids: new SequentialIds(),
        rules: defaultRecordingRules,
      }),
    );
    await logActivities([Array.from({ length: 1000 }, () => draft())]);
    expect(sizes).toEqual([1000]);
  });

  test('counts all portions, and counts unreadable drafts as rejected', async () => {
    const { log, logActivities } = setUp();
    const unreadable = [{ path: '', message: 'must be JSON' }];
    const receipt = await logActivities(
      inPortions([draft({ id: 'a' })], [], [new FaultyDraft(unreadable), draft({ id: 'b' })]),
    );
    expect(receipt).toEqual({
      accepted: 2,
      ids: ['a', null, 'b'],
      rejected: [{ index: 1, violations: unreadable }],
      unexplained: 0,
    });
    expect(activitiesOn(log).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('publishes nothing if the portions end with an error', async () => {
    const { log, logActivities } = setUp();
    const broken = new Error('too large');
    const portions = (async function* breaking() {
      yield [draft()];
      throw broken;
    })();
    await expect(logActivities(portions)).rejects.toBe(broken);
    expect(activitiesOn(log)).toEqual([]);
  });

  test('checks every draft, and lists as many violations as the budget allows', async () => {
    const { log, logActivities } = setUp();
    const faulty = draft({
      metadata: Object.fromEntries(Array.from({ length: 40 }, (_, key) => [key, undefined])),
    });
    const drafts = [...Array.from({ length: 50 }, () => faulty), draft({ id: 'a' }), draft({ type: '' })];
    const { accepted, ids, rejected, unexplained } = await logActivities([drafts]);
    expect([accepted, ids]).toEqual([1, [...Array.from({ length: 50 }, () => null), 'a', null]]);
    expect(rejected.map(({ index }) => index)).toEqual([...Array.from({ length: 50 }).keys(), 51]);
    const explained = rejected.filter(({ violations }) => violations.length > 0);
    expect(explained).toEqual(rejected.slice(0, 30));
    expect(unexplained).toBe(21);
    expect(activitiesOn(log)).toHaveLength(1);
  });

  test('publishes all of an atomic batch or nothing', async () => {
    const { log, logActivities } = setUp();
    const drafts = [draft({ id: 'a' }), draft({ type: '' }), draft({ id: 'c' })];
    expect(await logActivities([drafts], { atomic: true })).toMatchObject({
      accepted: 0,
      ids: [null, null, null],
      rejected: [{ index: 1 }],
    });
    expect(activitiesOn(log)).toEqual([]);
    expect(await logActivities([[drafts[0], drafts[2]]], { atomic: true })).toMatchObject({
      ids: ['a', 'c'],
    });
    expect(activitiesOn(log).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  test.each<[string, (log: MemoryLog) => number, string]>([
    [
      'out of reach',
      (log) => {
        log.reachable = false;
        return 2;
      },
      'LOG_UNAVAILABLE',
    ],
    ['overloaded', () => 11, 'LOG_BUSY'],
  ])('names every id when the log is %s', async (_, prepare, code) => {
    const { log, logActivities } = setUp();
    const count = prepare(log);
    const drafts = [null, ...Array.from({ length: count }, (_draft, index) => draft({ id: `i${index}` }))];
    const failure = await logActivities([drafts]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DomainError);
    expect(failure).toMatchObject({
      code,
      ids: [null, ...Array.from({ length: count }, (_id, index) => `i${index}`)],
    });
    expect(activitiesOn(log)).toEqual([]);
  });
});

async function* inPortions(...portions: readonly (readonly unknown[])[]) {
  yield* portions;
}

function stub(): EventPublisher {
  return {
    publish: async () => undefined,
    republish: async () => [],
    ping: async () => undefined,
    close: async () => undefined,
  };
}
