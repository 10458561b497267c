import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { documentOf, operationsOf } from './openapi-document.ts';
import { post, refusal, type Service, seen, service } from './service.ts';

const track = { type: 'track', userId: 'u', event: 'Opened' };
const loggedBy = ({ logged }: Service) =>
  logged().flatMap(({ content }) => (content.name === 'ActivityLogged' ? [content.activity.toJSON()] : []));

const paths = [
  ['t', 'TRACK', 'track'],
  ['i', 'IDENTIFY', 'identify'],
  ['p', 'PAGE', 'page'],
  ['s', 'SCREEN', 'screen'],
  ['g', 'GROUP', 'group'],
  ['a', 'ALIAS', 'alias'],
] as const;

test.each(paths)('POST /v1/%s does the same as its long path', async (path, type, name) => {
  const it = await service();
  for (const url of [`/v1/${path}`, `/v1/${path}/`, `/v1/${name}/`])
    expect(seen(await post(it.app, url, { userId: 'u', event: name }))).toEqual({
      status: 200,
      body: { success: true, rejected: [] },
    });
  expect(loggedBy(it).map((one) => one.type)).toEqual([type, type, type]);
});

test.each(['/v1/import', '/v1/import/', '/v1/b', '/v1/b/', '/v1/batch/'])(
  'POST %s logs a batch',
  async (url) => {
    const it = await service();
    expect((await post(it.app, url, { batch: [track, track] })).statusCode).toBe(200);
    expect(it.logged()).toHaveLength(2);
    const wrong = await it.app.inject({ method: 'GET', url });
    expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, 'POST']);
  },
);

test.each(['?_=123', '?a=%', '?'])('query parameters lose no call: %s', async (query) => {
  const it = await service();
  expect((await post(it.app, `/v1/track${query}`, track)).statusCode).toBe(200);
  expect((await post(it.app, `/v1/b${query}`, { batch: [track] })).statusCode).toBe(200);
  expect(it.logged()).toHaveLength(2);
});

test('the document has each call once, and lists its other paths', async () => {
  const document = await documentOf();
  const segment = operationsOf(document).filter(({ tags }) => tags.includes('segment'));
  expect(segment).toHaveLength(7);
  const told = segment.map(({ name, description = '' }) => [
    name.slice('post '.length),
    description.slice(description.indexOf('Also at')),
  ]);
  expect(Object.fromEntries(told)).toMatchObject({
    '/v1/track': 'Also at `/v1/t`.',
    '/v1/batch': 'Also at `/v1/import` and `/v1/b`.',
  });
});

describe('calls as text/plain', () => {
  const send = (it: Service, headers: Record<string, string>) =>
    it.app.inject({
      method: 'POST',
      url: '/v1/t',
      headers: { 'content-type': 'text/plain; charset=UTF-8', ...headers },
      payload: JSON.stringify(track),
    });

  test('are accepted from programs', async () => {
    const it = await service();
    expect((await send(it, {})).statusCode).toBe(200);
    expect(it.logged()).toHaveLength(1);
  });

  test.each([
    { origin: 'http://localhost:5173' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ])('are refused from web pages, which can send them without a preflight: %j', async (headers) => {
    const it = await service();
    const response = await send(it, headers);
    expect(seen(response)).toMatchObject(refusal(415, /application\/json/));
    expect(response.headers['accept-post']).toBe('application/json, text/plain');
    expect(it.logged()).toEqual([]);
  });

  test('are refused from web pages even with a key, which a browser may have stored for Basic authentication', async () => {
    const it = await service({ apiKeys: ['key'] });
    const authorization = `Basic ${Buffer.from('key:').toString('base64')}`;
    expect((await send(it, { authorization, origin: 'https://evil.example' })).statusCode).toBe(415);
    expect((await send(it, { authorization })).statusCode).toBe(200);
    expect(it.logged()).toHaveLength(1);
  });
});

describe('bytes that are not UTF-8', () => {
  const send = (it: Service, url: string, payload: Buffer, charset = '') =>
    it.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': `application/json${charset}` },
      payload,
    });
  const callOf = (name: string) => Buffer.from(`{"userId":"u","event":"${name}"}`, 'latin1');

  test('become U+FFFD, and no call is lost', async () => {
    const it = await service();
    expect((await send(it, '/v1/track', callOf('caf\xe9'))).statusCode).toBe(200);
    const batch = Buffer.concat([
      Buffer.from('{"batch":['),
      callOf('\xff'),
      Buffer.from(','),
      callOf('b'),
      Buffer.from(']}'),
    ]);
    expect((await send(it, '/v1/batch', batch, ';charset=us-ascii')).json()).toEqual({
      success: true,
      rejected: [],
    });
    expect(loggedBy(it).map(({ metadata }) => metadata)).toEqual([
      { event: 'caf\ufffd', original: { event: { json: '"caf\\udce9"' } } },
      { event: '\ufffd', original: { event: { json: '"\\udcff"' } } },
      { event: 'b' },
    ]);
  });

  test('do not make users or ids equal that differ only in these bytes', async () => {
    const it = await service();
    const bodies = ['\xe8', '\xe9', '\xe9'].map((byte) =>
      Buffer.from(`{"userId":"Ren${byte}","messageId":"m${byte}","event":"E"}`, 'latin1'),
    );
    for (const body of bodies) await send(it, '/v1/track', body);
    const [first, second, third] = loggedBy(it).map(({ id, userId }) => ({ id, userId }));
    expect(first?.userId).toMatch(/^Ren\ufffd~[\w-]{43}$/);
    expect(first?.id).toMatch(/^m_~[\w-]{43}$/);
    expect(second?.userId).not.toBe(first?.userId);
    expect(second?.id).not.toBe(first?.id);
    expect(third).toEqual(second);
  });

  test.each(['iso-8859-1', 'Latin1', '"ISO-8859-1"'])(
    'are read as %s if the media type says so',
    async (charset) => {
      const it = await service();
      expect((await send(it, '/v1/track', callOf('caf\xe9'), `; charset=${charset}`)).statusCode).toBe(200);
      expect(loggedBy(it)).toMatchObject([{ metadata: { event: 'café' } }]);
    },
  );

  test('count with their decoded size', async () => {
    const it = await service({ maxBytesInFlight: 100_000 });
    const payload = callOf('\xff'.repeat(60_000));
    expect((await send(it, '/v1/track', payload)).statusCode).toBe(413);
    expect((await send(it, '/v1/track', payload.fill('x', 25, 60_000))).statusCode).toBe(200);
  });
});

describe('a key in the body', () => {
  const withKey = async (): Promise<Service> => service({ apiKeys: ['other', 'key'] });
  const bodies = (writeKey: unknown) =>
    [
      ['/v1/track', { ...track, writeKey }],
      ['/v1/t', { ...track, writeKey }],
      ['/v1/batch', { batch: [track], writeKey }],
      ['/v1/import/', { writeKey, batch: [track] }],
    ] as const;

  test.each(bodies('key'))('is accepted by %s, and is not stored', async (url, body) => {
    const it = await withKey();
    expect((await post(it.app, url, body)).statusCode).toBe(200);
    expect(JSON.stringify(loggedBy(it))).toMatch(/^\[\{"id"/);
    expect(JSON.stringify(loggedBy(it))).not.toContain('key');
    expect(it.lines.join('')).not.toContain('key"');
  });

  test.each([undefined, null, '', 'wrong', 'key ', ['key'], { key: 'key' }, 7])(
    'that is %j is refused',
    async (writeKey) => {
      const it = await withKey();
      for (const [url, body] of bodies(writeKey)) {
        const response = await post(it.app, url, body);
        expect(seen(response)).toMatchObject(refusal(401, /`writeKey`/));
        expect([response.headers['www-authenticate']].flat().join()).toContain('Bearer');
      }
      expect([...it.store.letters.values()]).toEqual([]);
      expect(it.logged()).toEqual([]);
    },
  );

  test('is ignored beside a wrong key in a header, in a call of a batch, and on other routes', async () => {
    const it = await withKey();
    const body = { ...track, writeKey: 'key' };
    const statusOf = async (url: string, sent: unknown, headers = {}): Promise<number> =>
      (await post(it.app, url, sent, headers)).statusCode;
    expect(await statusOf('/v1/track', body, { 'x-api-key': 'wrong' })).toBe(401);
    expect(await statusOf('/v1/track', body, { authorization: 'Bearer wrong' })).toBe(401);
    expect(await statusOf('/v1/track', body, { authorization: 'none' })).toBe(401);
    expect(await statusOf('/v1/batch', { batch: [body] })).toBe(401);
    expect(await statusOf('/v1/track?writeKey=key', track)).toBe(400);
    expect(await statusOf('/v1/batch', [body])).toBe(401);
    expect(await statusOf('/api/logs', body)).toBe(401);
    expect(await statusOf('/api/events', body)).toBe(401);
    expect(it.logged()).toEqual([]);
  });

  test('is checked before all other rules, and before any other value is parsed', async () => {
    const it = await withKey();
    const send = (payload: string, headers: Record<string, string> = {}) =>
      it.app.inject({
        method: 'POST',
        url: '/v1/track',
        headers: { 'content-type': 'application/json', ...headers },
        payload,
      });
    for (const body of ['{', '{"writeKey":', '{"writeKey":"wrong","a":}', '[]', 'no', '{"a":1} {"b":2}'])
      expect((await send(body)).statusCode).toBe(401);
    expect((await send('{"writeKey":"key","a":}')).statusCode).toBe(400);
    expect((await send(String.raw`{"write\u004bey":"\u006bey","userId":"u"}`)).statusCode).toBe(200);
    expect((await send('{"writeKey":"wrong","userId":"u","writeKey":"key"}')).statusCode).toBe(200);
    const keys = Array.from({ length: 5000 }, (_, index) => String.raw`"\ud800${index}":[]`).join();
    const parse = vi.spyOn(JSON, 'parse');
    const refused = await send(`{"writeKey":"wrong",${keys}}`);
    const parsed = parse.mock.calls.map(([text]) => text);
    parse.mockRestore();
    expect([refused.statusCode, parsed]).toEqual([401, ['"wrong"']]);
  });

  test('is read in the charset of the body', async () => {
    const it = await service({ apiKeys: ['ké'] });
    for (const [encoding, charset, status] of [
      ['utf8', 'utf-8', 200],
      ['latin1', 'latin1', 200],
      ['latin1', 'utf-8', 401],
      ['utf8', 'utf-16', 401],
    ] as const)
      expect(
        await it.app.inject({
          method: 'POST',
          url: '/v1/track',
          headers: { 'content-type': `application/json; charset=${charset}` },
          payload: Buffer.from(JSON.stringify({ ...track, writeKey: 'ké' }), encoding),
        }),
      ).toHaveProperty('statusCode', status);
  });

  test('is accepted with a single call if there is room for its values', async () => {
    const lists = Array.from({ length: 5000 }, () => []);
    const statusAt = async (maxBytesInFlight: number): Promise<number> =>
      (await post((await service({ maxBytesInFlight })).app, '/v1/track', { ...track, lists })).statusCode;
    expect(await statusAt(100_000)).toBe(413);
    expect(await statusAt(1_000_000)).toBe(200);
  });

  test('is read from a body of at most 1 MiB, decoded, and with a key in a header, larger bodies are accepted', async () => {
    const it = await service({ apiKeys: ['key'], maxBodyBytes: 4_000_000 });
    const payload = gzipSync(JSON.stringify({ writeKey: 'key', batch: [track] }) + ' '.repeat(1024 * 1024));
    const send = (headers: Record<string, string>) =>
      it.app.inject({
        method: 'POST',
        url: '/v1/b',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', ...headers },
        payload,
      });
    expect(seen(await send({}))).toMatchObject(refusal(413, /Authorization/));
    expect((await send({ authorization: 'Bearer key' })).statusCode).toBe(200);
    expect(it.logged()).toHaveLength(1);
  });
});
