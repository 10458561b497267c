import { createHash } from 'node:crypto';
import { type Call, FaultyDraft, type MendedDraft } from '@user-activity/application';
import { describe, expect, test } from 'vitest';
import { callOfBody, callOfItem, type SegmentCall, segmentCalls } from '../src/segment/segment-call.ts';
import { SharedContext } from '../src/segment/shared-context.ts';
import { around } from './segment/call-settings.ts';

const activityIn = ({ draft }: Call): MendedDraft['activity'] =>
  draft instanceof FaultyDraft ? expect.fail('it can not be stored') : draft.activity;
const activityOf = (kind: SegmentCall, body: object) => activityIn(callOfBody(kind, body, around));
const metadataOf = (kind: SegmentCall, body: object): unknown => activityOf(kind, body)['metadata'];
const u = { userId: 'u' };

describe('user, type and time', () => {
  test.each([
    [{ userId: 'u', anonymousId: 'a' }, 'u', { anonymousId: 'a' }],
    [{ userId: null, anonymousId: 'a' }, 'a', {}],
    [{ userId: '', anonymousId: 'a' }, 'a', {}],
    [{ userId: ' \t', anonymousId: ' a ' }, 'a', {}],
    [{ userId: 97, anonymousId: 12 }, '97', { anonymousId: 12 }],
    [{ anonymousId: 0 }, '0', {}],
    [{ userId: -1.5 }, '-1.5', {}],
    [{ userId: 2 ** 53 }, '9007199254740992', {}],
    [{ userId: -1.5e300 }, '-1.5e+300', {}],
    [{ userId: 2 ** 53 - 1 }, '9007199254740991', {}],
    [{ userId: { id: 7 }, anonymousId: 'a' }, 'a', { original: { userId: { id: 7 } } }],
    [{ userId: true, anonymousId: 'a' }, 'a', { original: { userId: true } }],
  ])('%j has the user %s', (body, userId, metadata) => {
    expect(activityOf('identify', body)).toEqual({ userId, type: 'IDENTIFY', metadata });
  });

  test.each([
    [{}, '/userId', 'is required'],
    [{ userId: null }, '/userId', 'is required'],
    [{ userId: '' }, '/userId', 'must be 1-256 characters after trimming'],
    [{ userId: ' ', anonymousId: '' }, '/userId', 'must be 1-256 characters after trimming'],
    [{ userId: '', anonymousId: ' ' }, '/anonymousId', 'must be 1-256 characters after trimming'],
    [{ anonymousId: null }, '/userId', 'is required'],
    [{ userId: {} }, '/userId', 'must be a string'],
    [{ userId: null, anonymousId: [1] }, '/anonymousId', 'must be a string'],
  ])('%j has no user', (body, path, message) => {
    const call = callOfBody('identify', { ...body, messageId: 'm' }, around);
    expect(call.draft).toEqual(new FaultyDraft([{ path, message }]));
    expect(call.id).toBe('m');
  });

  test.each([
    ['Order Completed', 'ORDER_COMPLETED'],
    ['Clicked "Buy" (50% off)', 'CLICKED_"BUY"_(50%_OFF)'],
    ['größe', 'GRÖSSE'],
    ['📦', '📦'],
    [404, '404'],
  ])('the event %s becomes the type %s, and its name is kept', (event, type) => {
    expect(activityOf('track', { ...u, event })).toEqual({ userId: 'u', type, metadata: { event } });
  });

  test.each(segmentCalls.filter((kind) => kind !== 'track'))('the type of a %s call is its kind', (kind) => {
    expect(activityOf(kind, { ...u, event: 'x' })).toEqual({
      userId: 'u',
      type: kind.toUpperCase(),
      metadata: {},
    });
  });

  test.each([
    [{ timestamp: '2025-01-01', originalTimestamp: '2026-01-01', sentAt: 's' }, '2025-01-01T00:00:00.000Z'],
    [{ timestamp: null, originalTimestamp: '2026-01-01T00:00:00+01:00' }, '2026-01-01T00:00:00+01:00'],
    [{ timestamp: '', originalTimestamp: 7 }, '1970-01-01T00:00:07.000Z'],
    [{ timestamp: 'soon', originalTimestamp: 7 }, '1970-01-01T00:00:07.000Z'],
    [{ sentAt: '2025-01-01T00:00:00Z' }, undefined],
    [{ timestamp: 'soon', originalTimestamp: {} }, undefined],
  ])('%j has the expected time', (body, createdAt) => {
    expect(activityOf('page', { ...u, ...body })['createdAt']).toBe(createdAt);
  });

  test.each([
    [{ messageId: 'm' }, 'm'],
    [{ messageId: '' }, undefined],
    [{ messageId: ' ' }, undefined],
    [{ messageId: null }, undefined],
    [{ messageId: 7 }, '7'],
  ])('%j has the expected id', (body, id) => {
    const call = callOfBody('page', { ...u, ...body }, around);
    expect([call.id, activityIn(call)['id']]).toEqual([id, id]);
  });

  test.each([
    ['Track', 'E'],
    [' TRACK ', 'E'],
    [undefined, 'E'],
    [null, 'E'],
    ['', 'E'],
    ['Identify', 'IDENTIFY'],
    ['batch', 'BATCH'],
    ['toString', 'TOSTRING'],
    [7, '7'],
  ])('an item with the type %j becomes a %s', (type, made) => {
    const activity = activityIn(callOfItem({ ...u, type, event: 'e', messageId: 'm' }, around));
    expect(activity).toMatchObject({ id: 'm', type: made });
    expect(activity['metadata']).not.toHaveProperty('original');
  });

  test('an item of an unknown type keeps all members that a track call keeps', () => {
    const item = { ...u, type: 'charge', event: 'e', properties: { a: 1 }, traits: { b: 2 } };
    const metadata = { a: 1, event: 'e', traits: { b: 2 } };
    expect(activityIn(callOfItem(item, around))).toEqual({ userId: 'u', type: 'CHARGE', metadata });
  });
});

describe('metadata', () => {
  test.each<[SegmentCall, object, object]>([
    ['track', { event: 'E', properties: { a: 1 } }, { a: 1, event: 'E' }],
    ['identify', { traits: { plan: 'pro' }, properties: { a: 1 } }, { plan: 'pro', properties: { a: 1 } }],
    ['page', { name: 'N', category: 'C', properties: { url: '/' } }, { url: '/', name: 'N', category: 'C' }],
    ['screen', { name: 'N', properties: null }, { name: 'N' }],
    ['group', { groupId: 'g', traits: { seats: 5 } }, { seats: 5, groupId: 'g' }],
    ['alias', { previousId: 'p', traits: { a: 1 } }, { a: 1, previousId: 'p' }],
    ['alias', { previousId: 'p' }, { previousId: 'p' }],
    [
      'identify',
      { integrations: { All: true }, _metadata: {}, writeKey: 'k', sentAt: 's', channel: 'c' },
      {},
    ],
  ])('for %s %j', (kind, body, metadata) => {
    expect(metadataOf(kind, { ...u, ...body })).toEqual(metadata);
  });

  test.each<[SegmentCall, object, object]>([
    ['page', { name: 'N', properties: { name: 'N', a: 1 } }, { name: 'N', a: 1 }],
    ['page', { name: 'N', properties: { name: 'M', a: 1 } }, { properties: { name: 'M', a: 1 }, name: 'N' }],
    ['page', { properties: { name: 'M', category: 1 } }, { name: 'M', category: 1 }],
    ['track', { event: 'E', properties: { event: 'F' } }, { properties: { event: 'F' }, event: 'E' }],
    [
      'group',
      { groupId: 'g', traits: { groupId: 7, context: 1 }, context: { ip: 'i' } },
      { traits: { groupId: 7, context: 1 }, groupId: 'g', context: { ip: 'i' } },
    ],
    [
      'identify',
      { anonymousId: 'a', traits: { anonymousId: 'b' } },
      { traits: { anonymousId: 'b' }, anonymousId: 'a' },
    ],
  ])('for %s %j keeps every value if names clash', (kind, body, metadata) => {
    expect(metadataOf(kind, { ...u, ...body })).toEqual(metadata);
  });

  const deep = (levels: number): object => (levels === 1 ? {} : { deeper: deep(levels - 1) });
  test.each<[string, object, object]>([
    ['fits', { a: 1 }, { ip: 'i' }],
    ['fills it', { fill: 'x'.repeat(20_000) }, { fill: 'x'.repeat(12_700) }],
    ['has 15 levels', {}, deep(15)],
  ])('a context that %s is kept', (_, properties, context) => {
    expect(metadataOf('page', { ...u, properties, context })).toEqual({ ...properties, context });
  });

  test.each<[string, object, object]>([
    ['is too large', { a: 1 }, { fill: 'x'.repeat(33_000) }],
    ['is too large beside the properties', { fill: 'x'.repeat(20_000) }, { fill: 'x'.repeat(12_800) }],
    ['has 16 levels', {}, deep(16)],
  ])('a context that %s is left out, and its digest is kept', (_, properties, context) => {
    const json = JSON.stringify(context);
    const digest = { bytes: json.length, sha256: createHash('sha256').update(json).digest('hex') };
    const { draft } = callOfBody('page', { ...u, properties, context }, around);
    expect(draft).toMatchObject({ losses: [] });
    expect(draft).toHaveProperty('activity.metadata', { ...properties, original: { context: digest } });
  });

  test('the context of a batch is used for items without a context', () => {
    const shared = { ...around, context: new SharedContext({ ip: 'batch' }, around.maxBytes) };
    const item = { type: 'page', ...u };
    expect(activityIn(callOfItem(item, shared))['metadata']).toEqual({ context: { ip: 'batch' } });
    const own = callOfItem({ ...item, context: { ip: 'own' } }, shared);
    expect(activityIn(own)['metadata']).toEqual({ context: { ip: 'own' } });
  });

  test.each([[[]], 'text', 7, true])(
    'properties that are %j become one member of the metadata',
    (properties) => {
      const call = { ...u, name: 'N', properties, context: {} };
      expect(metadataOf('page', call)).toEqual({ properties, name: 'N', context: {} });
    },
  );
});

describe('a value that is not a call', () => {
  test.each([null, 7, 'text', [], [{ type: 'track' }]])('%j', (item) => {
    for (const call of [callOfItem(item, around), callOfBody('track', item, around)])
      expect(call.draft).toEqual(new FaultyDraft([{ path: '', message: 'must be a JSON object' }]));
  });
});

describe('the record of a dead letter', () => {
  const recordOf = (item: unknown) => callOfItem(item, around).original();
  const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString();

  test('is the JSON under an origin made from its SHA-256, with the user as the key', () => {
    const item = { type: 'track', userId: ' 7 ', event: 'E', messageId: 'm' };
    const json = JSON.stringify(item);
    const digest = createHash('sha256').update(json).digest('hex');
    const { origin, key, value, headers } = recordOf(item);
    expect(text(value)).toBe(json);
    expect(text(key)).toBe('7');
    expect(headers).toEqual({});
    expect(origin).toEqual({
      topic: 'http',
      partition: Number(BigInt(`0x${digest.slice(0, 8)}`) >> 1n),
      offset: Number(BigInt(`0x${digest.slice(8, 24)}`) >> 11n),
    });
  });

  test('has the same origin for a retry, and another one for any other call', () => {
    const item = { type: 'track', event: 'E' };
    const { origin } = recordOf({ ...item, sentAt: '2026-01-01T00:00:00Z', writeKey: 'secret' });
    const retry = recordOf({ ...item, sentAt: '2026-01-01T00:00:09Z' });
    expect(retry.origin).toEqual(origin);
    expect(text(retry.value)).toContain('00:00:09');
    expect(recordOf({ ...item, event: 'F' }).origin).not.toEqual(origin);
    expect(callOfBody('page', item, around).original().origin).not.toEqual(origin);
  });

  test('holds no API key', () => {
    const { value } = recordOf({ type: 'x', writeKey: 'secret' });
    expect(text(value)).toBe('{"type":"x"}');
  });

  test.each([{ userId: {} }, { userId: '' }, {}, null, 7])('has no record key without a user: %j', (item) => {
    expect(recordOf(item).key).toBeNull();
  });

  const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  test('has only the members with fewer levels if a call has more than 1,000', () => {
    const call = { type: 'track', event: 'E' };
    for (const [levels, kept] of [
      [999, { context: nested(999) }],
      [1002, {}],
      // V8 would need as many seconds as the test may take to serialize it.
      [4_000_000, {}],
    ] as const) {
      const { value } = recordOf({ ...call, context: nested(levels) });
      expect(JSON.parse(text(value))).toEqual({ ...call, ...kept });
    }
    const objects: unknown = JSON.parse(`${'{"0":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
    expect(JSON.parse(text(recordOf({ ...call, properties: objects }).value))).toEqual(call);
    expect(text(recordOf([objects]).value)).toBe('{}');
  });
});
