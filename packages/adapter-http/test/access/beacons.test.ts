import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { type Service, service } from '../service.ts';
import { asRoot, makeKey, makePublicKey, rootKey } from './key-requests.ts';

const shop = 'https://shop.example';
const plain = { 'content-type': 'text/plain;charset=UTF-8' };
const call = { type: 'track', messageId: 'm', userId: 'ann', event: 'LOGIN' };
const calls = JSON.stringify({ batch: [call] });

/** Sends what `navigator.sendBeacon` sends from a page of the origin. */
const beacon = (
  { app }: Pick<Service, 'app'>,
  url: string,
  { payload = calls, ...headers }: { payload?: string; [header: string]: string } = {},
) =>
  app.inject({
    method: 'POST',
    url,
    headers: { ...plain, origin: shop, 'sec-fetch-site': 'cross-site', ...headers },
    payload,
  });
const unknownKey = `ua_0123456789abcdef_${'x'.repeat(43)}`;

describe.each([
  ['with root keys', [rootKey]],
  ['without root keys', []],
])('%s', (_, apiKeys) => {
  test.each(['/beacon/v1/batch', '/beacon/v1/batch/'])(
    'a beacon has a public key in the query of %s, and no log line has it',
    async (path) => {
      const it = await service({ apiKeys });
      const { id, secret } = await makePublicKey(it, [shop]);
      for (const query of [`writeKey=${secret}`, `writeKey=${secret}&sentAt=1`, `a=b&writeKey=${secret}`]) {
        const response = await beacon(it, `${path}?${query}`);
        expect([response.statusCode, response.json()]).toEqual([200, { success: true, rejected: [] }]);
      }
      expect(it.logged()).toHaveLength(3);
      expect(it.logged()[0]?.content).toMatchObject({ activity: { project: 'shop', userId: 'ann' } });
      expect(it.lines.join('\n')).toContain(id);
      expect(it.lines.join('\n')).not.toContain(secret);
    },
  );

  test.each<[string, (it: Service, secret: string) => Promise<string>, number, RegExp]>([
    ['no query', async () => '', 401, /A valid API key is required.*in the URL/],
    ['an empty writeKey', async () => '?writeKey=', 401, /A valid API key is required/],
    ['another parameter', async () => '?writekeys=a', 401, /A valid API key is required/],
    ['a key that nobody has', async () => `?writeKey=${unknownKey}`, 401, /A valid API key is required/],
    ['any text', async () => '?writeKey=any', 401, /A valid API key is required/],
    [
      'a key without origins',
      async (it) => {
        const key = await makeKey(it, { scopes: ['write'], project: 'shop' });
        return `?writeKey=${key.secret}`;
      },
      400,
      /The URL has an API key, .* Replace the key/,
    ],
    [
      'a key that has expired',
      async (it) => {
        const expiresAt = new Date(it.clock.now() + 1000).toISOString();
        const key = await makePublicKey(it, [shop], { expiresAt });
        it.clock.set(expiresAt);
        return `?writeKey=${key.secret}`;
      },
      401,
      /expired/,
    ],
    [
      'a key that was revoked',
      async (it) => {
        const key = await makePublicKey(it, [shop]);
        await it.app.inject({ method: 'DELETE', url: `/api/keys/${key.id}`, headers: asRoot() });
        return `?writeKey=${key.secret}`;
      },
      401,
      /revoked/,
    ],
    [
      'a key of another page',
      async (it) => `?writeKey=${(await makePublicKey(it, ['https://blog.example'])).secret}`,
      403,
      /Origin/,
    ],
    [
      'two keys',
      async (it, secret) => `?writeKey=${secret}&writeKey=${(await makePublicKey(it, [shop])).secret}`,
      400,
      /valid API keys of two owners/,
    ],
    ['a further key', async (_it, secret) => `?writeKey=${secret}&api_key=x`, 400, /The URL has an API key/],
    [
      'a secret under another name',
      async (_it, secret) => `?writeKey=${secret}&x=${unknownKey}`,
      400,
      /The URL has an API key/,
    ],
  ])('with %s it is refused', async (_name, queryOf, status, detail) => {
    const it = await service({ apiKeys });
    const { secret } = await makePublicKey(it, [shop]);
    const query = await queryOf(it, secret);
    const response = await beacon(it, `/beacon/v1/batch${query}`);
    expect([response.statusCode, response.json()]).toEqual([
      status,
      expect.objectContaining({ detail: expect.stringMatching(detail) as unknown }),
    ]);
    expect(it.logged()).toEqual([]);
    expect(`${response.body}${it.lines.join('\n')}`).not.toMatch(/ua_[0-9a-f]{16}_/);
  });

  test('a public key in the query of any other route, or with another method, is refused', async () => {
    const it = await service({ apiKeys });
    const { secret } = await makePublicKey(it, [shop]);
    for (const url of [
      '/v1/batch',
      '/v1/track',
      '/api/logs',
      '/api/logs/batch',
      '/api/events',
      '/beacon',
      '/x',
    ])
      expect([url, (await beacon(it, `${url}?writeKey=${secret}`)).statusCode]).toEqual([
        url,
        // At a path that takes no public keys, the page of another site is refused first.
        apiKeys.length === 0 && ['/beacon', '/x'].includes(url) ? 403 : 400,
      ]);
    const headers = { origin: shop, 'x-api-key': secret };
    const url = `/beacon/v1/batch?writeKey=${secret}`;
    const read = await it.app.inject({ url, headers });
    expect(read.statusCode).toBe(apiKeys.length === 0 ? 403 : 400);
    expect(it.lines.join('\n')).not.toContain(secret);
  });

  test('text from a page is accepted only with a public key, in a header or in the body', async () => {
    const it = await service({ apiKeys });
    const { secret } = await makePublicKey(it, [shop]);
    const other = await makeKey(it, { scopes: ['write'], project: 'shop' });
    const withKey = (writeKey: string): string => JSON.stringify({ writeKey, batch: [call] });
    for (const path of ['/v1/batch', '/v1/b']) {
      expect((await beacon(it, path, { payload: withKey(secret) })).statusCode).toBe(200);
      const authorization = `Basic ${Buffer.from(`${secret}:`).toString('base64')}`;
      expect((await beacon(it, path, { authorization })).statusCode).toBe(200);
      expect((await beacon(it, path, { payload: withKey(other.secret) })).statusCode).toBe(415);
      expect((await beacon(it, path, { payload: withKey(unknownKey) })).statusCode).toBe(401);
      expect((await beacon(it, path, { payload: withKey('any') })).statusCode).toBe(401);
      expect((await beacon(it, path)).statusCode).toBe(401);
      const elsewhere = { origin: 'https://blog.example' };
      await makePublicKey(it, ['https://blog.example']);
      expect((await beacon(it, path, { payload: withKey(secret), ...elsewhere })).statusCode).toBe(403);
    }
    expect(it.logged()).toHaveLength(4);
    expect(it.lines.join('\n')).not.toContain(secret);
  });
});

test('a beacon that is too large is refused, and its response is readable', async () => {
  const it = await service({ apiKeys: [rootKey], maxBodyBytes: 1000 });
  const { secret } = await makePublicKey(it, [shop]);
  const response = await beacon(it, `/beacon/v1/batch?writeKey=${secret}`, { payload: 'x'.repeat(1001) });
  expect(response.statusCode).toBe(413);
  expect(response.headers['access-control-allow-origin']).toBe(shop);
});

test('a root key or a key of another owner beside the key in the query is refused', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { secret } = await makePublicKey(it, [shop]);
  const other = await makePublicKey(it, [shop]);
  for (const key of [rootKey, other.secret]) {
    const response = await beacon(it, `/beacon/v1/batch?writeKey=${secret}`, { 'x-api-key': key });
    expect(response.statusCode).toBe(400);
  }
  const same = await beacon(it, `/beacon/v1/batch?writeKey=${secret}`, { 'x-api-key': secret });
  expect(same.statusCode).toBe(200);
  expect((await beacon(it, '/beacon/v1/batch', asRoot())).statusCode).toBe(400);
});

test('no response and no log line has the key of a malformed request', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { secret } = await makePublicKey(it, [shop]);
  const url = await it.app.listen({ host: '127.0.0.1', port: 0 });
  const target = `?writeKey=${secret}`;
  const answers = await Promise.all(
    [
      [`POST /beacon/v1/%zz${target} HTTP/1.1`, 'Host: a', 'Content-Length: 0'],
      [`POST /beacon/v1/${'x'.repeat(5000)}${target} HTTP/1.1`, 'Host: a', 'Content-Length: 0'],
      [`POST /beacon/v1/batch${target} HTTP/1.1`, 'Host: a', `Origin: ${shop}`, 'Content-Length: x'],
      [`POST /beacon/v1/batch${target} HTTP/9`, 'Host: a'],
      [`POST /beacon/v1/batch${target} HTTP/1.1`, 'Host: a', 'Host: b', 'Content-Length: 0'],
      [`POST /beacon/v1/batch${target} HTTP/1.1`, 'Host: a', `X: ${'x'.repeat(20_000)}`],
      [`OPTIONS /beacon/v1/batch${target} HTTP/1.1`, 'Host: a'],
      [`PURGE /beacon/v1/batch${target} HTTP/1.1`, 'Host: a'],
    ].map(async (head) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write([...head, 'Connection: close', '', ''].join('\r\n'));
      return text(socket);
    }),
  );
  for (const answer of answers) {
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain(secret);
  }
  expect(it.lines.join('\n')).not.toContain(secret);
});
