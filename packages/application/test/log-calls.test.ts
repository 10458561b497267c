import {
  FixedClock,
  MemoryDeadLetterQueue,
  MemoryEventPublisher,
  MemoryLog,
  MemoryStore,
  SequentialIds,
} from '@user-activity/adapter-memory';
import {
  type DeadLetterQueue,
  defaultRecordingRules,
  type OriginalRecord,
  Timestamp,
} from '@user-activity/domain';
import { expect, test, vi } from 'vitest';
import { FaultyDraft } from '../src/logging/log-activities.ts';
import { type Call, makeLogCalls, type MendedDraft, maxOriginalBytes } from '../src/logging/log-calls.ts';
import { activitiesOn, sentToDefault } from './records.ts';

const original = (offset: number): OriginalRecord => ({
  origin: { topic: 'http', partition: 7, offset },
  key: null,
  value: Uint8Array.of(offset),
  headers: {},
});

type Activity = MendedDraft['activity'];

/** A call of this activity, of which something more may be lost. */
const call = (activity: Activity, offset = 0, losses: MendedDraft['losses'] = []): Call => {
  const { createdAt: _time, ...undated } = activity;
  return {
    id: activity['id'],
    draft: { activity, losses },
    undated: () => ({ activity: { ...undated, metadata: { original: 'a time' } }, losses }),
    original: () => original(offset),
  };
};

/** Makes a call that can not become an activity. */
const faulty = (offset: number): Call => {
  const draft = new FaultyDraft([{ path: '/there', message: 'must be here' }]);
  return { id: 'faulty', draft, undated: () => draft, original: () => original(offset) };
};

function setUp(change: { deadLetterQueue?: DeadLetterQueue } = {}) {
  const [log, store, clock] = [new MemoryLog({ partitions: 1 }), new MemoryStore(), new FixedClock()];
  const deps = {
    publisher: new MemoryEventPublisher(log),
    clock,
    ids: new SequentialIds(),
    rules: defaultRecordingRules,
  };
  const deadLetterQueue = change.deadLetterQueue ?? new MemoryDeadLetterQueue(store);
  const logPortions = sentToDefault(makeLogCalls({ ...deps, deadLetterQueue }));
  // Each call is a portion of its own: the indexes count through all portions.
  const logCalls = (calls: readonly Call[]) => logPortions(calls.map((one) => [one]));
  return { log, store, clock, logCalls, deadLetters: () => [...store.letters.values()] };
}

const sound = { userId: '123', type: 'LOGIN' };

test('equal invalid calls of a request become one dead letter, and each call is rejected', async () => {
  const added: number[] = [];
  const deadLetterQueue: DeadLetterQueue = {
    async add(letters) {
      added.push(letters.length);
    },
  };
  const { logCalls } = setUp({ deadLetterQueue });
  const receipt = await logCalls([faulty(1), faulty(2), faulty(1), call(sound)]);
  expect(added).toEqual([2]);
  expect(receipt.accepted).toBe(1);
  expect(receipt.rejected.map(({ index }) => index)).toEqual([0, 1, 2]);
});

const loss = [{ path: '/properties', message: 'is too much' }];

test('publishes the valid calls, and dead-letters the invalid ones, with the violations of each', async () => {
  const { log, clock, logCalls, deadLetters } = setUp();
  const receipt = await logCalls([call({ ...sound, id: 'a' }), faulty(1), call(sound)]);
  const violations = [{ path: '/there', message: 'must be here' }];
  expect(receipt).toEqual({
    accepted: 2,
    ids: ['a', null, 'id-000001'],
    rejected: [{ index: 1, violations }],
    incomplete: [],
    unexplained: 0,
  });
  expect(activitiesOn(log).map(({ id }) => id)).toEqual(['a', 'id-000001']);
  const letter = {
    code: 'invalid',
    reason: '/there must be here',
    diedAt: clock.now(),
    activityId: 'faulty',
  };
  expect(deadLetters()).toMatchObject([{ ...original(1), ...letter }]);
});

test('publishes and dead-letters a call if only a part of it can be stored', async () => {
  const { log, logCalls, deadLetters } = setUp();
  const receipt = await logCalls([faulty(1), call({ ...sound, id: 'a' }, 2, loss), call(sound)]);
  expect(receipt).toMatchObject({
    accepted: 2,
    ids: [null, 'a', 'id-000001'],
    rejected: [{ index: 0 }],
    incomplete: [{ index: 1, violations: loss }],
  });
  expect(activitiesOn(log).map(({ id }) => id)).toEqual(['a', 'id-000001']);
  expect(deadLetters()).toMatchObject([
    { ...original(1), activityId: 'faulty' },
    { ...original(2), code: 'invalid', reason: '/properties is too much', activityId: 'a' },
  ]);
});

test('dead-letters an activity that breaks a rule', async () => {
  const { logCalls, deadLetters } = setUp();
  const { accepted, rejected } = await logCalls([call({ ...sound, id: 'no id' }, 3, loss)]);
  const message = 'must be 1-128 printable ASCII characters without space';
  expect([accepted, rejected]).toEqual([0, [{ index: 0, violations: [{ path: '/id', message }] }]]);
  expect(deadLetters().map(({ reason, activityId }) => [reason, activityId])).toEqual([
    [`/id ${message}`, undefined],
  ]);
});

test('allows more metadata for the original values that it adds', async () => {
  const { log, logCalls } = setUp();
  const most = defaultRecordingRules.maxMetadataBytes + maxOriginalBytes;
  const filled = (bytes: number) => ({ ...sound, metadata: { a: 'x'.repeat(bytes - '{"a":""}'.length) } });
  expect(await logCalls([call(filled(most)), call(filled(most + 1))])).toMatchObject({
    ids: ['id-000001', null],
  });
  expect(activitiesOn(log)).toHaveLength(1);
});

test('a time too far in the future is dropped, and createdAt is the time of receipt', async () => {
  const { log, clock, logCalls } = setUp();
  const times = ['2026-01-02T03:09:05.678Z', '2026-01-02T03:09:05.679Z', '0000-01-01T00:00:00Z'];
  await logCalls(times.map((createdAt) => call({ ...sound, createdAt })));
  expect(activitiesOn(log).map(({ createdAt, metadata }) => [createdAt, metadata])).toEqual([
    [Date.parse('2026-01-02T03:09:05.678Z'), {}],
    [clock.now(), { original: 'a time' }],
    [Date.parse('0000-01-01T00:00:00Z'), {}],
  ]);
});

test('a clock that is set back during a call does not make the call invalid', async () => {
  const { log, clock, logCalls } = setUp();
  const now = vi.spyOn(clock, 'now');
  const late = clock.now();
  now.mockReturnValueOnce(late).mockReturnValue(Timestamp.fromMillis(late - 1));
  const createdAt = Timestamp.toISO(Timestamp.fromMillis(late + 5 * 60_000));
  expect(await logCalls([call({ ...sound, createdAt })])).toMatchObject({ accepted: 1 });
  expect(activitiesOn(log).map(({ receivedAt }) => receivedAt)).toEqual([late]);
});

test('adds no dead letters before the log has confirmed the valid calls', async () => {
  const { log, logCalls, deadLetters } = setUp();
  log.reachable = false;
  await expect(logCalls([call({ ...sound, id: 'a' }), faulty(1)])).rejects.toMatchObject({
    code: 'LOG_UNAVAILABLE',
    ids: ['a', null],
  });
  expect(deadLetters()).toEqual([]);
});

test('resolves only after the dead letters are stored, and a failure names the ids for a retry', async () => {
  const { log, store, logCalls, deadLetters } = setUp();
  store.reachable = false;
  const calls = [call({ ...sound, id: 'a' }), faulty(1)];
  await expect(logCalls(calls)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', ids: ['a', null] });
  expect(activitiesOn(log)).toHaveLength(1);
  store.reachable = true;
  await logCalls(calls);
  await logCalls(calls);
  expect(deadLetters()).toHaveLength(1);
});

test('uses neither the log nor the dead letter queue if there is nothing to add', async () => {
  const { log, store, logCalls } = setUp();
  log.reachable = false;
  expect(await logCalls([faulty(1)])).toMatchObject({ accepted: 0 });
  expect(await logCalls([])).toEqual({
    accepted: 0,
    ids: [],
    rejected: [],
    incomplete: [],
    unexplained: 0,
  });
  log.reachable = true;
  store.reachable = false;
  expect(await logCalls([call(sound)])).toMatchObject({ accepted: 1 });
});

test('rejects with an unexpected error unchanged', async () => {
  const bug = new TypeError('a bug');
  const { logCalls } = setUp({ deadLetterQueue: { add: () => Promise.reject(bug) } });
  await expect(logCalls([faulty(0)])).rejects.toBe(bug);
});
