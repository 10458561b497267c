import { randomBytes } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { seen, type Service, service } from './service.ts';

const json = 'application/json';
const ndjson = 'application/x-ndjson';
const activity = { userId: 'u', type: 'T' };
const whole = JSON.stringify(activity);

const send = ({ app }: Service, url: string, type: string, payload: string | Buffer, encoding?: string) =>
  app.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': type,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      ...(url === '/api/events' ? event : {}),
    },
    payload,
  });

const event = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': '/s',
  'ce-type': 't',
  'ce-subject': 'u',
};

const emptyMember = gzipSync('');
const zippedZeros = gzipSync(Buffer.alloc(50_000_000));
/** Gzip members without content. */
const emptyMembers = Buffer.concat(Array.from({ length: 12_000 }, () => emptyMember));

/** Each route that takes a body, with a body that it accepts. */
const routes: readonly [url: string, type: string, body: string][] = [
  ['/api/logs', json, whole],
  ['/api/logs/batch', json, `[${whole}]`],
  ['/api/logs/batch', ndjson, `${whole}\n`],
  ['/api/dead-letters/replay', json, '{"all":true}'],
  ['/api/events', json, '{"a":1}'],
  ['/api/events', 'text/plain', 'hello'],
];

describe.each(routes)('%s as %s', (url, type, body) => {
  const zipped = gzipSync(body);

  test.each([
    ['gzip', zipped],
    ['GZIP', zipped],
    ['x-gzip', zipped],
    ['identity', Buffer.from(body)],
    ['gzip', Buffer.concat([gzipSync(body.slice(0, 2)), gzipSync(''), gzipSync(body.slice(2))])],
  ])('is accepted as %s', async (encoding, payload) => {
    const it = await service();
    const response = await send(it, url, type, payload, encoding);
    expect([response.statusCode, response.body]).toEqual([202, expect.any(String)]);
  });

  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['garbage', Buffer.from('this is no gzip at all')],
    ['half of it', zipped.subarray(0, -4)],
    ['a byte behind it', Buffer.concat([zipped, Buffer.from('x')])],
    ['a word behind it', Buffer.concat([zipped, Buffer.from('x'.repeat(100))])],
    ['zeros behind it', Buffer.concat([zipped, Buffer.alloc(100)])],
    ['the beginning of another member behind it', Buffer.concat([zipped, zipped.subarray(0, 5)])],
    ['a wrong checksum', Buffer.concat([zipped.subarray(0, -8), Buffer.alloc(8)])],
  ])('as gzip of %s is 400', async (_, payload) => {
    const it = await service();
    expect(seen(await send(it, url, type, payload, 'gzip'))).toMatchObject({
      status: 400,
      body: { detail: 'The body is not well-formed gzip.' },
    });
    expect(it.logged()).toEqual([]);
    expect(it.lines.filter((line) => line.includes('"error"'))).toEqual([]);
  });

  test.each(['deflate', 'br', 'zstd', 'gzip, gzip', 'identity, gzip', 'gzip;q=1', ''])(
    'encoded as %j is 415 with the accepted encodings',
    async (encoding) => {
      const it = await service();
      const response = await send(it, url, type, deflateSync(body), encoding);
      expect(seen(response)).toMatchObject({ status: 415, body: { title: 'Unsupported Media Type' } });
      expect(response.headers['accept-encoding']).toBe('gzip, identity');
    },
  );

  test('a body that is too large when decoded is 413, however small its encoded form is', async () => {
    const it = await service({ maxBodyBytes: 10_000 });
    const blanks = Buffer.concat([Buffer.from(body), Buffer.alloc(10_001 - body.length, ' ')]);
    for (const [payload, encoding] of [
      [blanks, 'identity'],
      [gzipSync(blanks), 'gzip'],
      [zippedZeros, 'gzip'],
      [emptyMembers, 'gzip'],
    ] as const)
      expect(seen(await send(it, url, type, payload, encoding))).toMatchObject({
        status: 413,
        body: { detail: 'The body has more than 10000 bytes after decompression. Send less in one request.' },
      });
    expect(it.logged()).toEqual([]);
    const atLimit = blanks.subarray(0, 10_000);
    expect((await send(it, url, type, gzipSync(atLimit), 'gzip')).statusCode).toBe(202);
  });
});

test('an encoded body without a Content-Type counts as a body', async () => {
  const it = await service();
  const sent = (url: string, body: string) =>
    it.app.inject({
      method: 'POST',
      url,
      headers: { 'content-encoding': 'gzip', ...event },
      payload: gzipSync(body),
    });
  expect((await sent('/api/dead-letters/replay', '{"ids":["t:0:1"]}')).statusCode).toBe(415);
  expect((await sent('/api/logs', whole)).statusCode).toBe(415);
  expect((await sent('/nowhere', whole)).statusCode).toBe(404);
  expect((await sent('/api/events', 'foob')).statusCode).toBe(202);
  const [record] = it.logged();
  if (record?.content.name !== 'ActivityLogged') throw new Error('It is an activity.');
  expect(record.content.activity.metadata).toMatchObject({ data_base64: 'Zm9vYg==' });
});

test('a body at the limit that gzip makes longer is accepted', async () => {
  const it = await service({ maxBodyBytes: 10_000 });
  const random = gzipSync(randomBytes(10_000));
  expect(random.length).toBeGreaterThan(10_000);
  expect((await send(it, '/api/events', 'image/png', random, 'gzip')).statusCode).toBe(202);
});

test.each([json, ndjson])('%s in another charset is 415', async (type) => {
  const it = await service();
  const response = await send(it, '/api/logs/batch', `${type}; charset=latin1`, `[${whole}]`);
  expect(response.statusCode).toBe(415);
});
