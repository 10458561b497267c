import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { ActivityJson } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { seen, type Service, service } from './service.ts';

const tooPrecise = 'must be a number that a double can hold exactly; send it as a string';
const repeated = 'must not be repeated: the object has this key more than once';
const mark = Buffer.from([0xef, 0xbb, 0xbf]);
const bytes = (text: string): Buffer => Buffer.concat([mark, Buffer.from(text)]);
const attributes = '"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"u"';
const headers = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': '/s',
  'ce-type': 't',
  'ce-subject': 'u',
};

const send = (
  { app }: Service,
  url: string,
  type: string,
  payload: string | Buffer | Readable,
  more: Record<string, string> = {},
) => app.inject({ method: 'POST', url, headers: { 'content-type': type, ...more }, payload });

const activitiesOf = ({ logged }: Service): ActivityJson[] =>
  logged().flatMap(({ content }) => (content.name === 'ActivityLogged' ? [content.activity.toJSON()] : []));

/** A route with a body that has this JSON as its metadata, and the path of the metadata in the response. */
interface LoggingRoute {
  readonly name: string;
  readonly url: string;
  readonly type: string;
  readonly headers?: Record<string, string>;
  readonly body: (metadata: string) => string;
  readonly path: string;
}

const json = 'application/json';
const strict: readonly LoggingRoute[] = [
  {
    name: 'one activity',
    url: '/api/logs',
    type: json,
    body: (metadata) => `{"userId":"u","type":"T","metadata":${metadata}}`,
    path: '/metadata',
  },
  {
    name: 'a batch',
    url: '/api/logs/batch',
    type: json,
    body: (metadata) => `[ {"userId":"u","type":"T","metadata":${metadata}} ]`,
    path: '/0/metadata',
  },
  {
    name: 'lines',
    url: '/api/logs/batch',
    type: 'application/x-ndjson',
    body: (metadata) => `{"userId":"u","type":"T","metadata":${metadata}}\r\n`,
    path: '/0/metadata',
  },
  {
    name: 'a structured event',
    url: '/api/events',
    type: 'application/cloudevents+json',
    body: (data) => `{${attributes},"data":${data}}`,
    path: '/data',
  },
  {
    name: 'events',
    url: '/api/events',
    type: 'application/cloudevents-batch+json',
    body: (data) => `[{${attributes},"data":${data}}]`,
    path: '/0/data',
  },
  { name: 'a binary event', url: '/api/events', type: json, headers, body: (data) => data, path: '/data' },
];

describe.each(strict)('by $name', ({ url, type, headers: more = {}, body, path }) => {
  test.each([
    ['{"post":1577730467436138524}', '/post', tooPrecise],
    ['{"a":[0,{"b":1e400}]}', '/a/1/b', tooPrecise],
    ['{"a":-1e-400}', '/a', tooPrecise],
    ['{"a":0.1000000000000000055}', '/a', tooPrecise],
    ['{"status":400,"status":200}', '/status', repeated],
    [String.raw`{"a":{"b":"x","\u0062":"x"}}`, '/a/b', repeated],
    ['{"n":9007199254740993,"n":1}', '/n', repeated],
  ])('%s is refused at %s', async (metadata, below, message) => {
    const it = await service();
    expect(seen(await send(it, url, type, body(metadata), more))).toMatchObject({
      status: 422,
      body: { errors: [{ path: path + below, message }] },
    });
    expect(it.logged()).toEqual([]);
  });

  test('numbers that a double can hold are returned as the same decimal', async () => {
    const it = await service();
    const sent =
      '{"a":1.0,"b":1e3,"c":100,"d":1E+2,"e":0.10,"f":-0,"g":0.30000000000000004,"h":[9007199254740992]}';
    expect((await send(it, url, type, body(sent), more)).statusCode).toBe(202);
    expect(activitiesOf(it)).toMatchObject([
      { metadata: { a: 1, b: 1000, c: 100, d: 100, e: 0.1, f: 0, g: 0.30000000000000004, h: [2 ** 53] } },
    ]);
  });

  test('a byte order mark is skipped, also in gzip', async () => {
    const it = await service();
    const plain = bytes(body('{"bom":"\ufeff"}'));
    expect((await send(it, url, type, plain, more)).statusCode).toBe(202);
    const zipped = { ...more, 'content-encoding': 'gzip' };
    expect((await send(it, url, type, gzipSync(plain), zipped)).statusCode).toBe(202);
    expect(activitiesOf(it)).toMatchObject([
      { metadata: { bom: '\ufeff' } },
      { metadata: { bom: '\ufeff' } },
    ]);
  });

  test('a second byte order mark is not skipped', async () => {
    const it = await service();
    const twice = Buffer.concat([mark, bytes(body('{}'))]);
    expect([400, 422]).toContain((await send(it, url, type, twice, more)).statusCode);
    expect(it.logged()).toEqual([]);
  });
});

test.each([
  ['{"userId":"mallory","userId":"alice","type":"T"}', '/userId', repeated],
  ['{"userId":9007199254740993,"type":"T"}', '/userId', 'must be a string'],
  ['{"userId":"u","type":"T","metadata":9007199254740993}', '/metadata', 'must be a JSON object'],
  [
    '{"userId":"u","type":"T","createdAt":1577730467436138524}',
    '/createdAt',
    'must be an RFC 3339 date-time such as 2026-11-24T08:30:00Z',
  ],
  ['9007199254740993', '', 'must be a JSON object'],
])('%s is refused at %s', async (body, path, message) => {
  const it = await service();
  for (const more of [{}, { 'idempotency-key': 'k' }])
    expect(seen(await send(it, '/api/logs', json, body, more))).toMatchObject({
      status: 422,
      body: { errors: [{ path, message }] },
    });
});

test.each([
  [`{${attributes},"subject":"v"}`, '/subject', repeated],
  [`{${attributes},"data":9007199254740993}`, '/data', tooPrecise],
  [`{${attributes},"data":[1e999]}`, '/data/0', tooPrecise],
  [
    `{${attributes},"level":9007199254740993}`,
    '/level',
    'must be a string, a boolean or an integer of 32 bits',
  ],
])('the event %s is refused at %s', async (body, path, message) => {
  const it = await service();
  expect(seen(await send(it, '/api/events', 'application/cloudevents+json', body))).toMatchObject({
    status: 422,
    body: { errors: [{ path, message }] },
  });
});

test('in a batch, only the items whose values would change are refused', async () => {
  const it = await service();
  const items = [
    '{"userId":"u","type":"A"}',
    '{"userId":"u","userId":"v","type":"B"}',
    '{"userId":"w","type":"C"}',
  ];
  for (const [type, body] of [
    [json, `[${items.join(',')}]`],
    ['application/x-ndjson', items.join('\n')],
  ] as const)
    expect(seen(await send(it, '/api/logs/batch', type, body))).toMatchObject({
      status: 202,
      body: { accepted: 2, rejected: [{ index: 1, errors: [{ path: '/userId', message: repeated }] }] },
    });
});

test('a byte order mark that arrives in pieces is skipped at the start of the lines, and only there', async () => {
  const it = await service();
  const line = Buffer.from('{"userId":"u","type":"A"}\n');
  const pieces = [...mark].map((byte) => Buffer.from([byte]));
  const body = Readable.from([...pieces, line, ...pieces, line], { objectMode: false });
  expect(seen(await send(it, '/api/logs/batch', 'application/x-ndjson', body))).toMatchObject({
    status: 202,
    body: {
      accepted: 1,
      rejected: [{ index: 1, errors: [{ path: '', message: 'is not well-formed JSON' }] }],
    },
  });
  const blank = Buffer.concat([mark, Buffer.from('\r\n\r\n'), line]);
  expect(seen(await send(it, '/api/logs/batch', 'application/x-ndjson', blank))).toMatchObject({
    status: 202,
    body: { accepted: 1, rejected: [] },
  });
});

test('a byte order mark is part of data that is not JSON', async () => {
  const it = await service();
  await send(it, '/api/events', 'text/plain', bytes('text'), headers);
  await send(it, '/api/events', 'application/octet-stream', bytes('text'), { ...headers, 'ce-id': '2' });
  expect(activitiesOf(it)).toMatchObject([
    { metadata: { data: '\ufefftext' } },
    { metadata: { data_base64: bytes('text').toString('base64') } },
  ]);
});

test('repeated members in a replay are refused', async () => {
  const it = await service();
  const body = '{"ids":["user-activity:0:1"],"ids":["user-activity:0:2"]}';
  expect(seen(await send(it, '/api/dead-letters/replay', json, body))).toMatchObject({
    status: 422,
    body: { errors: [{ path: '/ids', message: repeated }] },
  });
  expect((await send(it, '/api/dead-letters/replay', json, bytes('{"all":true}'))).statusCode).toBe(202);
});

describe('by a call of /v1', () => {
  const call =
    '{"type":"track","userId":1577730467436138524,"messageId":9007199254740993,"event":"First","event":"Last",' +
    '"properties":{"post":1577730467436138524,"n":1,"n":2,"d":[0.10,1e400]}}';
  const activity = {
    id: '9007199254740993',
    userId: '1577730467436138524',
    type: 'LAST',
    metadata: { post: '1577730467436138524', n: 2, d: [0.1, '1e400'], event: 'Last' },
  };

  test.each([
    ['/v1/track', call],
    ['/v1/batch', `{"batch":[${call}]}`],
    ['/v1/batch', `{"batch":[],"batch":[${call}]}`],
  ])('%s keeps the number as text, and the last of equal keys', async (url, body) => {
    const it = await service();
    for (const payload of [Buffer.from(body), bytes(body)])
      expect(seen(await send(it, url, json, payload))).toEqual({
        status: 200,
        body: { success: true, rejected: [] },
      });
    expect(activitiesOf(it)).toMatchObject([activity, activity]);
  });

  test('the context of a batch keeps them too', async () => {
    const it = await service();
    const body = '{"context":{"trace":1577730467436138524},"batch":[{"type":"page","userId":"u"}]}';
    await send(it, '/v1/batch', json, gzipSync(bytes(body)), { 'content-encoding': 'gzip' });
    expect(activitiesOf(it)).toMatchObject([{ metadata: { context: { trace: '1577730467436138524' } } }]);
  });

  test('a dead letter has the number as text too', async () => {
    const it = await service();
    await send(it, '/v1/track', json, '{"event":"E","properties":{"post":1577730467436138524}}');
    const [letter] = [...it.store.letters.values()];
    expect(letter?.value?.toString()).toContain('"post":"1577730467436138524"');
  });
});
