import {
  FixedClock,
  MemoryDeadLetterQueue,
  MemoryEventPublisher,
  MemoryLog,
  MemoryStore,
  SequentialIds,
} from '@user-activity/adapter-memory';
import { type DeadLetterQueue, defaultRecordingRules, type OriginalRecord } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { type Call, FaultyDraft, makeLogCalls } from '../src/index.ts';
import { activitiesOn } from './records.ts';

const original = (offset: number): OriginalRecord => ({
  origin: { topic: 'http', partition: 7, offset },
  key: null,
  value: Uint8Array.of(offset),
  headers: {},
});

const call = (draft: Call['draft'], offset = 0): Call => ({
  id: draft instanceof FaultyDraft ? 'faulty' : draft['id'],
  draft,
  placeOf: (path) => `/there${path}`,
  original: () => original(offset),
});

function setUp(change: { deadLetters?: DeadLetterQueue } = {}) {
  const [log, store, clock] = [new MemoryLog({ partitions: 1 }), new MemoryStore(), new FixedClock()];
  const deps = {
    publisher: new MemoryEventPublisher(log),
    clock,
    ids: new SequentialIds(),
    rules: defaultRecordingRules,
  };
  const deadLetters = change.deadLetters ?? new MemoryDeadLetterQueue(store);
  const logPortions = makeLogCalls({ ...deps, deadLetters });
  // Each in a portion of its own: the places count through all of them.
  const logCalls = (calls: readonly Call[]) => logPortions(calls.map((one) => [one]));
  return { log, store, clock, logCalls, buried: () => [...store.letters.values()] };
}

const sound = { userId: '123', type: 'LOGIN' };

test('equal calls of a request are one letter, and each of them is rejected', async () => {
  const added: number[] = [];
  const deadLetters: DeadLetterQueue = {
    async add(letters) {
      added.push(letters.length);
    },
  };
  const unreadable = new FaultyDraft([{ path: '', message: 'must be a JSON object' }]);
  const { logCalls } = setUp({ deadLetters });
  const receipt = await logCalls([
    call(unreadable, 1),
    call(unreadable, 2),
    call(unreadable, 1),
    call(sound),
  ]);
  expect(added).toEqual([2]);
  expect(receipt.accepted).toBe(1);
  expect(receipt.rejected.map(({ index }) => index)).toEqual([0, 1, 2]);
});

test('logs those that keep the rules, and buries the others with their faults by place', async () => {
  const { log, clock, logCalls, buried } = setUp();
  const unreadable = new FaultyDraft([{ path: '/type', message: 'must be one of them' }]);
  const receipt = await logCalls([
    call({ ...sound, id: 'a' }),
    call({ ...sound, id: 'b', userId: '', type: '' }, 1),
    call(unreadable, 2),
    call({ ...sound, id: 'no id', metadata: 7 }, 3),
    call(sound),
  ]);
  const rejected = [
    {
      index: 1,
      violations: [
        { path: '/there/userId', message: 'must be 1-256 characters after trimming' },
        { path: '/there/type', message: 'must be 1-256 characters' },
      ],
    },
    { index: 2, violations: [{ path: '/there/type', message: 'must be one of them' }] },
    {
      index: 3,
      violations: [
        { path: '/there/id', message: 'must be 1-128 printable ASCII characters without space' },
        { path: '/there/metadata', message: 'must be a JSON object' },
      ],
    },
  ];
  expect(receipt).toEqual({
    accepted: 2,
    ids: ['a', null, null, null, 'id-000001'],
    rejected,
    unexplained: 0,
  });
  expect(activitiesOn(log).map(({ id }) => id)).toEqual(['a', 'id-000001']);
  const diedAt = clock.now();
  expect(buried()).toMatchObject([
    {
      ...original(1),
      code: 'invalid',
      reason: '/there/userId must be 1-256 characters after trimming; /there/type must be 1-256 characters',
      diedAt,
      activityId: 'b',
    },
    { ...original(2), code: 'invalid', reason: '/there/type must be one of them', diedAt },
    { ...original(3), code: 'invalid', diedAt },
  ]);
  expect(buried().map(({ activityId }) => activityId)).toEqual(['b', 'faulty', undefined]);
});

test('a time that is too far ahead is when it was received; others stay, and what is none is a fault', async () => {
  const { log, clock, logCalls } = setUp();
  const times = ['2026-01-02T03:09:05.678Z', '2026-01-02T03:09:05.679Z', '0000-01-01T00:00:00Z', 'now', 7];
  const { rejected } = await logCalls(times.map((createdAt) => call({ ...sound, createdAt })));
  expect(activitiesOn(log).map(({ createdAt }) => createdAt)).toEqual([
    Date.parse('2026-01-02T03:09:05.678Z'),
    clock.now(),
    Date.parse('0000-01-01T00:00:00Z'),
  ]);
  expect(rejected.map(({ index, violations }) => [index, violations[0]?.path])).toEqual([
    [3, '/there/createdAt'],
    [4, '/there/createdAt'],
  ]);
});

test('buries nothing before the log holds the others', async () => {
  const { log, logCalls, buried } = setUp();
  log.reachable = false;
  await expect(logCalls([call({ ...sound, id: 'a' }), call({}, 1)])).rejects.toMatchObject({
    code: 'LOG_UNAVAILABLE',
    ids: ['a', null],
  });
  expect(buried()).toEqual([]);
});

test('does not resolve before the letters are kept, and says under which ids all can be sent again', async () => {
  const { log, store, logCalls, buried } = setUp();
  store.reachable = false;
  const calls = [call({ ...sound, id: 'a' }), call({}, 1)];
  await expect(logCalls(calls)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', ids: ['a', null] });
  expect(activitiesOn(log)).toHaveLength(1);
  store.reachable = true;
  await logCalls(calls);
  await logCalls(calls);
  expect(buried()).toHaveLength(1);
});

test('needs neither the log nor the letters where there is nothing for them', async () => {
  const { log, store, logCalls } = setUp();
  log.reachable = false;
  expect(await logCalls([call({}, 1)])).toMatchObject({ accepted: 0 });
  expect(await logCalls([])).toEqual({ accepted: 0, ids: [], rejected: [], unexplained: 0 });
  log.reachable = true;
  store.reachable = false;
  expect(await logCalls([call(sound)])).toMatchObject({ accepted: 1 });
});

test('lets a bug through as it is', async () => {
  const bug = new TypeError('a bug');
  const { logCalls } = setUp({ deadLetters: { add: () => Promise.reject(bug) } });
  await expect(logCalls([call({})])).rejects.toBe(bug);
});
