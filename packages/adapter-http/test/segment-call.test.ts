import { createHash } from 'node:crypto';
import { FaultyDraft } from '@user-activity/application';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyOfRoute, itemOfBatch, type SegmentCall, segmentCalls } from '../src/segment/segment-call.ts';

const around = { maxMetadataBytes: 16 * 1024 };
const draftOf = (kind: SegmentCall, body: object): unknown => bodyOfRoute(kind, body, around).draft;
const metadataOf = (kind: SegmentCall, body: object): unknown =>
  Reflect.get(bodyOfRoute(kind, body, around).draft, 'metadata');
const u = { userId: 'u' };

describe('who, what and when', () => {
  test.each([
    [{ userId: 'u', anonymousId: 'a' }, 'u', { anonymousId: 'a' }],
    [{ userId: null, anonymousId: 'a' }, 'a', {}],
    [{ userId: '', anonymousId: 'a' }, 'a', {}],
    [{ userId: 97, anonymousId: 12 }, '97', { anonymousId: 12 }],
    [{ anonymousId: 0 }, '0', {}],
    [{ userId: -1.5 }, '-1.5', {}],
    [{ userId: 2 ** 53 - 1 }, '9007199254740991', {}],
  ])('%j: the user is %s', (body, userId, metadata) => {
    expect(draftOf('identify', body)).toEqual({ userId, type: 'IDENTIFY', metadata });
  });

  test.each([2 ** 53, -1.5e300, Infinity, true, {}, []])(
    '%j is no user: it stays for the domain to judge',
    (userId) => {
      expect(Reflect.get(bodyOfRoute('page', { userId, anonymousId: 'a' }, around).draft, 'userId')).toBe(
        userId,
      );
    },
  );

  test.each([{}, { userId: null }, { userId: '' }, { userId: '', anonymousId: '' }, { anonymousId: null }])(
    '%j: nobody',
    (body) => {
      const call = bodyOfRoute('identify', body, around);
      expect(Reflect.get(call.draft, 'userId') ?? '').toBe('');
      expect(call.placeOf('/userId')).toBe('/userId');
    },
  );

  test.each(['Order Completed', 'Clicked "Buy" (50% off)', 'größe', '📦'])(
    'the event %s is the type, and its name is kept',
    (event) => {
      expect(draftOf('track', { ...u, event })).toEqual({ userId: 'u', type: event, metadata: { event } });
    },
  );

  test('control characters in the name of an event are white space in the type', () => {
    const event = 'a\u0000b\u0085\tc';
    expect(draftOf('track', { ...u, event })).toMatchObject({ type: 'a b  c', metadata: { event } });
  });

  test.each(segmentCalls.filter((kind) => kind !== 'track'))('%s is its own type', (kind) => {
    expect(draftOf(kind, { ...u, event: 'x' })).toMatchObject({ type: kind.toUpperCase(), metadata: {} });
  });

  test.each([undefined, null, '', 7, {}, 'x'.repeat(5000), '\ud800'])(
    'the event %j is none, and stays for the domain to judge',
    (event) => {
      expect(Reflect.get(bodyOfRoute('track', { ...u, event }, around).draft, 'type') ?? null).toEqual(
        event ?? null,
      );
    },
  );

  test.each([
    [{ timestamp: 't', originalTimestamp: 'o', sentAt: 's' }, 't', '/timestamp'],
    [{ timestamp: null, originalTimestamp: 'o' }, 'o', '/originalTimestamp'],
    [{ sentAt: 's' }, undefined, '/originalTimestamp'],
  ])('%j: when', (body, createdAt, place) => {
    const call = bodyOfRoute('page', { ...u, ...body }, around);
    expect(Reflect.get(call.draft, 'createdAt')).toBe(createdAt);
    expect(call.placeOf('/createdAt')).toBe(place);
  });

  test.each([
    [{ messageId: 'm' }, 'm'],
    [{ messageId: '' }, undefined],
    [{ messageId: null }, undefined],
    [{ messageId: 7 }, 7],
  ])('%j: the id', (body, id) => {
    expect(Reflect.get(bodyOfRoute('page', { ...u, ...body }, around).draft, 'id')).toBe(id);
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
  ])('of %s %j', (kind, body, metadata) => {
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
  ])('of %s %j: nothing is lost where names clash', (kind, body, metadata) => {
    expect(metadataOf(kind, { ...u, ...body })).toEqual(metadata);
  });

  const deep = (levels: number): object => (levels === 1 ? {} : { deeper: deep(levels - 1) });
  test.each<[string, object, object, boolean]>([
    ['fits', { a: 1 }, { ip: 'i' }, true],
    ['is too large', { a: 1 }, { fill: 'x'.repeat(16 * 1024) }, false],
    ['fills it', { fill: 'x'.repeat(10_000) }, { fill: 'x'.repeat(6_300) }, true],
    ['is too large beside the properties', { fill: 'x'.repeat(10_000) }, { fill: 'x'.repeat(6_400) }, false],
    ['has 15 levels', {}, deep(15), true],
    ['has 16 levels', {}, deep(16), false],
    ['has a key that none may have', {}, { ['__proto__']: 1 }, false],
  ])('the context %s', (_, properties, context, isKept) => {
    expect(metadataOf('page', { ...u, properties, context })).toEqual(
      isKept ? { ...properties, context } : properties,
    );
  });

  test('the context of a batch is for items that have none', () => {
    const ofBatch = { ...around, context: { ip: 'batch' } };
    const item = { type: 'page', ...u };
    expect(itemOfBatch(item, ofBatch).draft).toMatchObject({ metadata: { context: { ip: 'batch' } } });
    const own = itemOfBatch({ ...item, context: { ip: 'own' } }, ofBatch);
    expect(own.draft).toMatchObject({ metadata: { context: { ip: 'own' } } });
  });

  test.each([[[]], 'text', 7, true])('properties that are %j stay for the domain to judge', (properties) => {
    expect(metadataOf('page', { ...u, name: 'N', properties, context: {} })).toEqual(properties);
  });
});

describe('places', () => {
  test.each<[SegmentCall, object, string, string]>([
    ['track', {}, '/type', '/event'],
    ['page', {}, '/type', '/type'],
    ['track', {}, '/id', '/messageId'],
    ['track', {}, '/userId', '/userId'],
    ['track', { userId: null, anonymousId: 'a' }, '/userId', '/anonymousId'],
    ['track', {}, '', ''],
    ['track', {}, '/metadata', ''],
    ['track', { properties: 7 }, '/metadata', '/properties'],
    ['track', { properties: {} }, '/metadata/a~1b/0', '/properties/a~1b/0'],
    ['identify', { traits: {} }, '/metadata/a', '/traits/a'],
    ['track', { event: 'E', properties: {} }, '/metadata/event', '/event'],
    ['page', { name: {}, properties: {} }, '/metadata/name/a', '/name/a'],
    ['page', { name: 'N', properties: { name: 'M' } }, '/metadata/properties/name', '/properties/name'],
    ['page', { name: 'N', properties: { name: 'M' } }, '/metadata/name', '/name'],
    ['page', { context: {}, properties: {} }, '/metadata/context/a', '/context/a'],
  ])('of %s %j: what is at %s comes from %s', (kind, body, path, place) => {
    expect(bodyOfRoute(kind, { ...u, ...body }, around).placeOf(path)).toBe(place);
  });
});

describe('what is no call', () => {
  test.each([null, 7, 'text', [], [{ type: 'track' }]])('%j', (item) => {
    for (const call of [itemOfBatch(item, around), bodyOfRoute('track', item, around)])
      expect(call.draft).toEqual(new FaultyDraft([{ path: '', message: 'must be a JSON object' }]));
  });

  test.each([undefined, null, 'Track', 'TRACK', 'batch', 'toString', 7, {}])('of the type %j', (type) => {
    expect(itemOfBatch({ ...u, type, messageId: 'm' }, around).id).toBe('m');
    const message = 'must be one of track, identify, page, screen, group, alias';
    expect(itemOfBatch({ ...u, type }, around).draft).toEqual(new FaultyDraft([{ path: '/type', message }]));
  });
});

describe('what a dead letter keeps', () => {
  const recordOf = (item: unknown) => itemOfBatch(item, around).original();
  const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString();

  test('is the JSON under an origin of its SHA-256, and the user as its key', () => {
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

  test('is the same for a retry, and another for anything else', () => {
    const item = { type: 'track', event: 'E' };
    const { origin } = recordOf({ ...item, sentAt: '2026-01-01T00:00:00Z', writeKey: 'secret' });
    const retry = recordOf({ ...item, sentAt: '2026-01-01T00:00:09Z' });
    expect(retry.origin).toEqual(origin);
    expect(text(retry.value)).toContain('00:00:09');
    expect(recordOf({ ...item, event: 'F' }).origin).not.toEqual(origin);
    expect(bodyOfRoute('page', item, around).original().origin).not.toEqual(origin);
  });

  test('has no key of the API in it', () => {
    const { value } = recordOf({ type: 'x', writeKey: 'secret' });
    expect(text(value)).toBe('{"type":"x"}');
  });

  test.each([
    { userId: '\ud800' },
    { userId: {} },
    { userId: '' },
    { userId: 'x'.repeat(9999) },
    {},
    null,
    7,
  ])('has no key where there is no user: %j', (item) => {
    expect(recordOf(item).key).toBeNull();
  });

  const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  test('of a call that is nested deeper than 1000 levels are the members that are not', () => {
    const call = { type: 'track', event: 'E' };
    for (const [levels, kept] of [
      [999, { context: nested(999) }],
      [1002, {}],
      // V8 would write it, in as many seconds as the test may take.
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

test('whatever is sent, it is a call with places and a record', () => {
  const member = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, null, '', 'a', 7));
  const names = ['userId', 'anonymousId', 'event', 'properties', 'traits', 'name', 'context', 'timestamp'];
  const item = fc.record(Object.fromEntries(names.map((name) => [name, member])), { requiredKeys: [] });
  fc.assert(
    fc.property(fc.constantFrom(...segmentCalls), fc.oneof(item, fc.jsonValue()), (kind, body) => {
      const call = bodyOfRoute(kind, body, around);
      expect(call.draft).toBeTypeOf('object');
      for (const path of ['', '/id', '/userId', '/type', '/metadata', '/metadata/a', '/createdAt'])
        expect(call.placeOf(path)).toMatch(/^(?:\/|$)/);
      expect(call.original().origin.offset).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
    }),
  );
});
