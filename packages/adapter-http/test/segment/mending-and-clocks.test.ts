import { ProjectId, UserActivity } from '@user-activity/domain';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { callOfBody, callOfItem, segmentCalls } from '../../src/segment/segment-call.ts';
import { onMemory } from '../service.ts';
import { around } from './call-settings.ts';

const millis = fc.integer({
  min: Date.parse('0000-01-02T00:00:00Z'),
  max: Date.parse('9999-12-30T00:00:00Z'),
});
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    'a',
    '\ud800',
    '\0',
    'count',
    '..',
    '__proto__',
    'x'.repeat(300),
    'x'.repeat(40_000),
  ),
);
// A number that no double can hold is a string here, as the parser returns it.
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const json = fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), text, number, fc.constant(null));
const object = fc.dictionary(
  fc.oneof(text, fc.constantFrom('original', 'context', 'name', 'constructor')),
  json,
  { maxKeys: 5, noNullPrototype: true },
);

/** Times in every form, close to the time of receipt and far from it. */
const times = millis.chain((at) => {
  const iso = new Date(at).toISOString();
  return fc.constantFrom<unknown>(
    iso,
    iso.replace('Z', ''),
    iso.slice(0, 10),
    iso.replace('T', ' '),
    at,
    at / 1000,
    String(at),
    new Date(at).toUTCString(),
  );
});
const anything = fc.oneof(json, object);
const calls = fc.record(
  {
    userId: fc.oneof(text, json),
    anonymousId: fc.oneof(text, json),
    messageId: fc.oneof(text, json),
    event: fc.oneof(text, json),
    type: fc.oneof(fc.constantFrom(...segmentCalls), text, json),
    timestamp: fc.oneof(times, json),
    originalTimestamp: fc.oneof(times, json),
    properties: anything,
    traits: anything,
    context: anything,
    name: anything,
    groupId: anything,
  },
  { requiredKeys: [] },
);

/** Receives a call at a time. Returns the activity on the log, if there is one, and the number of dead letters. */
async function takenIn(item: unknown, at: number) {
  const { log, store, clock, options } = onMemory();
  clock.set(new Date(at).toISOString());
  const receipt = await options.useCases.logCalls({ project: ProjectId.default }, [
    [callOfItem(item, around)],
  ]);
  const [record] = log.claim('test', 0, 1)?.records ?? [];
  const activity = record?.content.name === 'ActivityLogged' ? record.content.activity : undefined;
  return { receipt, activity, letters: [...store.letters.values()] };
}

/** Returns how two activities compare. `neither` if there is none, and `one alone` if there is only one. */
function comparisonOf(one: UserActivity | undefined, other: UserActivity | undefined) {
  if (one !== undefined && other !== undefined) return one.compare(other);
  return one === other ? 'neither' : 'one alone';
}

test('a call is the same fact whenever it is received', async () => {
  const near = fc.tuple(
    calls,
    millis,
    fc.integer({ min: -600_000, max: 600_000 }),
    fc.integer({ min: -600_000, max: 600_000 }),
  );
  await fc.assert(
    fc.asyncProperty(near, millis, fc.boolean(), async ([call, at, first, second], far, isDated) => {
      const item = isDated ? { ...call, timestamp: new Date(at).toISOString() } : call;
      const one = await takenIn(item, at + first);
      const other = await takenIn(item, isDated ? at + second : far);
      expect(other.receipt.accepted).toBe(one.receipt.accepted);
      expect(['duplicate', 'redelivered', 'neither']).toContain(comparisonOf(one.activity, other.activity));
    }),
    { numRuns: 500 },
  );
});

test('a call that names a user is always stored, and the log returns it unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.oneof(text, fc.integer()), fc.boolean(), async (call, user, isKnown) => {
      const item = { ...call, [isKnown ? 'userId' : 'anonymousId']: user };
      fc.pre(String(user).trim() !== '');
      const { receipt, activity, letters } = await takenIn(item, 1e12);
      expect(receipt).toMatchObject({ accepted: 1, rejected: [] });
      expect(letters).toHaveLength(receipt.incomplete.length);
      const onTheLog: unknown = JSON.parse(JSON.stringify(activity));
      expect(UserActivity.parse(onTheLog)).toEqual(activity);
    }),
    { numRuns: 500 },
  );
});

test('every route can make the record of a dead letter for any call', () => {
  fc.assert(
    fc.property(fc.constantFrom(...segmentCalls), fc.oneof(calls, fc.jsonValue()), (kind, body) => {
      const call = callOfBody(kind, body, around);
      expect(call.draft).toBeTypeOf('object');
      expect(call.original().origin.offset).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
    }),
  );
});

test('a call with a time in the future and its retry are the same fact', async () => {
  const timestamp = '2026-11-24T10:05:06.000Z';
  const item = { type: 'track', messageId: 'm', userId: 'u', event: 'Buy', timestamp };
  const ahead = await takenIn(item, Date.parse('2026-11-24T10:00:00Z'));
  const later = await takenIn(item, Date.parse('2026-11-24T10:00:10Z'));
  expect(ahead.activity?.toJSON()).toMatchObject({
    createdAt: '2026-11-24T10:00:00.000Z',
    metadata: { event: 'Buy', original: { timestamp } },
  });
  expect(later.activity?.toJSON()).toMatchObject({ createdAt: timestamp, metadata: { event: 'Buy' } });
  expect(comparisonOf(ahead.activity, later.activity)).toBe('duplicate');
  expect(comparisonOf(later.activity, ahead.activity)).toBe('duplicate');
});
