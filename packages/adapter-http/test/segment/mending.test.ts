import { createHash } from 'node:crypto';
import { type Call, FaultyDraft, type MendedDraft, maxOriginalBytes } from '@user-activity/application';
import { defaultMetadataBytes, maxMetadataBytes, parseJson } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { isMetadata } from '../../src/segment/mended-json.ts';
import { maxCallMetadataBytes } from '../../src/segment/originals.ts';
import { callOfBody, callOfItem } from '../../src/segment/segment-call.ts';
import { around } from './call-settings.ts';

const base64url = (text: string): string => createHash('sha256').update(text).digest('base64url');
const digestOf = (sent: unknown) => {
  const json = JSON.stringify(sent);
  return { bytes: Buffer.byteLength(json), sha256: createHash('sha256').update(json).digest('hex') };
};
interface Parts {
  readonly losses: MendedDraft['losses'];
  readonly metadata?: unknown;
  readonly createdAt?: unknown;
}
const partsOf = ({ draft }: Call): Parts => {
  if (draft instanceof FaultyDraft) return expect.fail('it can not be stored');
  const { activity, losses } = draft;
  return { ...activity, losses };
};
const mended = (fields: object): Parts =>
  partsOf(callOfBody('track', { userId: 'u', event: 'E', ...fields }, around));
const nested = (levels: number): unknown =>
  parseJson(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`);
const tooMuch =
  'is stored as its size and SHA-256 only: metadata is at most 32768 bytes as UTF-8 of its JSON and 16 levels deep';

describe('sent values are kept beside the stored ones', () => {
  test('`original` is absent if nothing is mended', () => {
    const original = { url: '/' };
    expect(
      mended({ messageId: 'm', timestamp: '2026-11-24T10:37:56.1+01:00', properties: { original } }),
    ).toEqual({
      id: 'm',
      userId: 'u',
      type: 'E',
      createdAt: '2026-11-24T10:37:56.1+01:00',
      metadata: { event: 'E', original },
      losses: [],
    });
  });

  test('the sent value of each mended field is kept under the name of the member', () => {
    const [userId, messageId] = ['x'.repeat(257), 'not an id'];
    const timestamp = '2026-11-24T09:37:56.059464';
    expect(mended({ userId, messageId, timestamp, event: 'a\0b', properties: { n: 1 } })).toEqual({
      id: `not_an_id~${base64url(messageId)}`,
      userId: `${'x'.repeat(200)}~${base64url(userId)}`,
      type: 'A_B',
      createdAt: '2026-11-24T09:37:56.059Z',
      metadata: { n: 1, event: 'a\0b', original: { userId, messageId, timestamp, event: 'a\0b' } },
      losses: [],
    });
  });

  test.each([
    ['soon', 'soon'],
    [{ seconds: 7 }, { seconds: 7 }],
    ['x'.repeat(1022), 'x'.repeat(1022)],
    ['x'.repeat(1023), digestOf('x'.repeat(1023))],
    ['é'.repeat(600), digestOf('é'.repeat(600))],
    ['\ud800', { json: String.raw`"\ud800"` }],
    [{ ['__proto__']: 1 }, { json: '{"__proto__":1}' }],
    [nested(14), nested(14)],
    [nested(15), { json: JSON.stringify(nested(15)) }],
    [nested(500), digestOf(nested(500))],
  ])('the time %j, which cannot be parsed, is kept', (timestamp, shown) => {
    expect(mended({ timestamp })).toEqual({
      userId: 'u',
      type: 'E',
      metadata: { event: 'E', original: { timestamp: shown } },
      losses: [],
    });
  });

  test('a timestamp that cannot be parsed is kept, even if the other one can', () => {
    const { createdAt, metadata } = mended({ timestamp: 'soon', originalTimestamp: '2026-11-24' });
    expect([createdAt, metadata]).toEqual([
      '2026-11-24T00:00:00.000Z',
      { event: 'E', original: { timestamp: 'soon', originalTimestamp: '2026-11-24' } },
    ]);
  });

  test.each([
    ['', 'TRACK', ''],
    [{}, 'TRACK', {}],
    [true, 'TRACK', true],
    [' \n', 'TRACK', ' \n'],
  ])('the sent form of the event %j is kept', (event, type, shown) => {
    expect(mended({ event })).toMatchObject({
      type,
      metadata: { event, original: { event: shown } },
      losses: [],
    });
  });

  test('`original` is absent if the event is missing', () => {
    expect(mended({ event: null })).toEqual({ userId: 'u', type: 'TRACK', metadata: {}, losses: [] });
  });

  test('an event that is too long, ill-formed or not a string is kept', () => {
    const long = 'x'.repeat(5000);
    expect(mended({ event: long })).toMatchObject({
      type: 'X'.repeat(256),
      metadata: { event: long, original: { event: digestOf(long) } },
    });
    expect(mended({ event: '\ud800' })).toMatchObject({
      type: '\ufffd',
      metadata: { event: '\ufffd', original: { event: { json: String.raw`"\ud800"` } } },
    });
  });

  test('the type of an item is kept if it is not a valid name', () => {
    const item = { userId: 'u', type: {}, event: 'E' };
    expect(partsOf(callOfItem(item, around))).toMatchObject({
      type: 'TRACK',
      metadata: { event: 'E', original: { type: {} } },
    });
  });

  test('a messageId that is not a string is kept, and its JSON is the id', () => {
    expect(mended({ messageId: { a: 7 } })).toMatchObject({ id: '{"a":7}', metadata: { event: 'E' } });
    const id = `{"a_b":7}~${base64url('{"a b":7}')}`;
    const original = { messageId: { 'a b': 7 } };
    expect(mended({ messageId: { 'a b': 7 } })).toMatchObject({ id, metadata: { original } });
  });

  test('a member `original` of the client becomes `original.original`', () => {
    const timestamp = '2026-11-24';
    expect(mended({ timestamp, properties: { original: { a: 1 } } }).metadata).toEqual({
      event: 'E',
      original: { timestamp, original: { a: 1 } },
    });
    const deepest = { timestamp, properties: { original: nested(15) } };
    expect(mended(deepest)).toMatchObject({
      metadata: { event: 'E', original: { timestamp, original: digestOf(nested(15)) } },
      losses: [
        {
          path: '/properties/original',
          message: 'is stored as its size and SHA-256 only: metadata is at most 16 levels deep',
        },
      ],
    });
    expect(mended({ properties: { original: nested(15) } })).toMatchObject({
      metadata: { event: 'E', original: nested(15) },
      losses: [],
    });
  });
});

describe('metadata that breaks a rule', () => {
  test.each<[object, object, object]>([
    [{ b: 'x\ud800' }, { b: 'x\ufffd' }, { json: String.raw`{"b":"x\ud800"}` }],
    [
      { ['__proto__']: 1, b: { 'c\0': 2 } },
      { '__proto__~1': 1, b: { 'c\ufffd': 2 } },
      { json: String.raw`{"__proto__":1,"b":{"c\u0000":2}}` },
    ],
    [
      { constructor: { prototype: 1 } },
      { 'constructor~1': { prototype: 1 } },
      { json: '{"constructor":{"prototype":1}}' },
    ],
    [
      { fill: 'x'.repeat(2000), b: '\ud800' },
      { fill: 'x'.repeat(2000), b: '\ufffd' },
      digestOf({ fill: 'x'.repeat(2000), b: '\ud800' }),
    ],
  ])('%j is mended', (properties, value, shown) => {
    expect(mended({ properties })).toMatchObject({
      metadata: { ...value, event: 'E', original: { properties: shown } },
      losses: [],
    });
  });

  test('is mended in every member of the call, and the members keep their positions', () => {
    const { metadata } = partsOf(
      callOfBody(
        'page',
        {
          userId: 'u',
          name: '\ud800',
          anonymousId: '\udc00',
          properties: { name: 'a\ud801' },
          context: { ip: '\0' },
        },
        around,
      ),
    );
    expect(metadata).toEqual({
      properties: { name: 'a\ufffd' },
      name: '\ufffd',
      anonymousId: '\ufffd',
      context: { ip: '\0' },
      original: {
        name: { json: String.raw`"\ud800"` },
        anonymousId: { json: String.raw`"\udc00"` },
        properties: { json: String.raw`{"name":"a\ud801"}` },
      },
    });
  });

  test.each<[string, unknown]>([
    ['too large', { fill: 'x'.repeat(33_000) }],
    ['too deep', nested(17)],
    ['deeper than any stack', nested(30_000)],
    ['too large as a list', ['x'.repeat(33_000)]],
  ])('%s is stored as its size and digest, and is a loss', (_, properties) => {
    const { metadata, losses } = mended({ properties, context: { ip: 'i' }, timestamp: 'soon' });
    expect(losses).toEqual([{ path: '/properties', message: tooMuch }]);
    expect(metadata).toMatchObject({ event: 'E', context: { ip: 'i' } });
    const { original } = metadata as { original: { bytes: number; sha256: string; timestamp: string } };
    expect(original).toMatchObject({
      timestamp: 'soon',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    if (!Array.isArray(properties) && original.bytes < 100_000) return;
    expect(original).toMatchObject(digestOf(properties));
  });

  test('the digest is the SHA-256 of the JSON', () => {
    const properties = { fill: 'x'.repeat(33_000) };
    expect(mended({ properties }).metadata).toEqual({ event: 'E', original: digestOf(properties) });
  });

  test('in another member does not change the properties', () => {
    const name = 'x'.repeat(33_000);
    expect(partsOf(callOfBody('page', { userId: 'u', name, properties: { a: 1 } }, around))).toMatchObject({
      metadata: { a: 1, original: { name: digestOf(name) } },
      losses: [{ path: '/name', message: tooMuch }],
    });
  });

  test('is kept if it fits without the context, and the context is kept if it fits without the properties', () => {
    const [properties, context] = [{ a: 'x'.repeat(20_000) }, { b: 'x'.repeat(20_000) }];
    expect(mended({ properties, context })).toMatchObject({
      metadata: { ...properties, event: 'E', original: { context: digestOf(context) } },
      losses: [],
    });
    expect(mended({ properties: { a: 'x'.repeat(40_000) }, context }).metadata).toMatchObject({
      context,
      event: 'E',
    });
  });
});

test('properties with too many names are read only twice: for their depth, and for their JSON', () => {
  const names = 40_000;
  const wide = Object.fromEntries(Array.from({ length: names }, (_, index) => [`k${index}`, index]));
  let looks = 0;
  const properties = new Proxy(wide, {
    get: (target, name) => {
      looks += 1;
      return Reflect.get(target, name) as unknown;
    },
  });
  const call = callOfBody('track', { userId: 'u', sentAt: 's', properties }, around);
  expect(partsOf(call)).toMatchObject({ metadata: { original: digestOf(wide) } });
  expect(Buffer.from(call.original().value ?? []).toString()).toMatch(/"properties":\{"k0":0,/);
  expect(looks).toBeLessThan(2 * names + 100);
});

test('the originals of all members together never exceed the size that is reserved for them', () => {
  const long = '"'.repeat(500);
  const all = [
    'userId',
    'anonymousId',
    'messageId',
    'type',
    'event',
    'timestamp',
    'originalTimestamp',
    'name',
    'category',
    'groupId',
    'previousId',
    'traits',
    'properties',
    'context',
  ];
  const call = {
    ...Object.fromEntries(all.map((name) => [name, { ['\ud800']: long }])),
    anonymousId: `${long}\ud800`,
  };
  const { metadata } = partsOf(callOfItem(call, around));
  const { original } = metadata as { original: object };
  expect(Object.keys(original).toSorted()).toEqual(all.toSorted());
  expect(JSON.stringify(original).length).toBeLessThan(maxOriginalBytes - 1000);
  expect(isMetadata(metadata, around.maxBytes + maxOriginalBytes)).toBe(true);
});

test('the limit for the metadata of calls leaves room for `original`', () => {
  expect(maxCallMetadataBytes(defaultMetadataBytes)).toBe(defaultMetadataBytes);
  expect(maxCallMetadataBytes(maxMetadataBytes)).toBe(maxMetadataBytes - maxOriginalBytes);
});
