import fastify from 'fastify';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { handleErrors } from '../../src/requests/error-handling.ts';
import { WrongKeyProblem, wrongKeyLimit } from '../../src/requests/wrong-key-limit.ts';
import { post, type Service, service } from '../service.ts';
import { asRoot, makeKey, rootKey } from './key-requests.ts';

const draft = { userId: 'ann', type: 'LOGIN' };
const maxWrongKeys = 100;

interface From {
  readonly address?: string;
  readonly forwardedFor?: string;
}

/** Sends a request with a key from an address, and returns the response. */
const ask = ({ app }: Service, key: string | undefined, { address = '192.0.2.1', forwardedFor }: From = {}) =>
  app.inject({
    url: '/api/logs',
    remoteAddress: address,
    headers: {
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
    },
  });

const statusOf = async (...sent: Parameters<typeof ask>): Promise<number> => (await ask(...sent)).statusCode;

/** Sends wrong keys from an address, as many as get a 401. */
async function exhaust(it: Service, from?: From): Promise<void> {
  for (let index = 0; index < maxWrongKeys; index += 1)
    expect(await statusOf(it, `wrong-${index}`, from)).toBe(401);
}

test('a further wrong key from the same address gets 429, which does not reveal whether the key exists', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { id } = await makeKey(it, { scopes: ['read'], project: 'shop' });
  await exhaust(it);
  const answers = await Promise.all(['wrong', `ua_${id}_${'x'.repeat(43)}`].map((key) => ask(it, key)));
  for (const answer of answers) {
    expect(answer.statusCode).toBe(429);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': expect.stringMatching(/^[1-9]\d?$/) as string,
    });
    expect(answer.json()).toEqual({
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      detail: 'This address has sent too many invalid API keys. Requests with a valid key still work.',
      errors: [],
    });
  }
});

test('valid keys from the same address work, and a request without a key still gets 401', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { secret } = await makeKey(it, { scopes: ['read'], project: 'shop' });
  await exhaust(it);
  expect(await statusOf(it, 'wrong')).toBe(429);
  expect(await statusOf(it, rootKey)).toBe(200);
  expect(await statusOf(it, secret)).toBe(200);
  // A browser that has saved the key of its user still sends its first request without it.
  const answer = await ask(it, undefined);
  expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, expect.anything()]);
});

test('requests without a key do not count', async () => {
  const it = await service({ apiKeys: [rootKey] });
  for (let index = 0; index < 2 * maxWrongKeys; index += 1) expect(await statusOf(it, undefined)).toBe(401);
  expect(await statusOf(it, 'wrong')).toBe(401);
});

test.each([
  ['with root keys', [rootKey]],
  ['without root keys', []],
])('beacons without a key do not count, %s', async (_, apiKeys) => {
  const { app } = await service({ apiKeys });
  for (let index = 0; index <= maxWrongKeys; index += 1)
    expect((await post(app, '/beacon/v1/batch', { batch: [] })).statusCode).toBe(401);
});

test('expired and revoked keys count, and keys in bodies too', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { id, secret } = await makeKey(it, { scopes: ['read'], project: 'shop' });
  await it.app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers: asRoot() });
  const call = (writeKey: string) =>
    it.app.inject({
      method: 'POST',
      url: '/v1/track',
      remoteAddress: '192.0.2.1',
      payload: { userId: 'ann', event: 'login', writeKey },
    });
  for (let index = 0; index < maxWrongKeys / 2; index += 1)
    expect([await statusOf(it, secret), (await call('wrong')).statusCode]).toEqual([401, 401]);
  expect([await statusOf(it, secret), (await call('wrong')).statusCode]).toEqual([429, 429]);
  expect((await call(rootKey)).statusCode).toBe(200);
});

test('while the keys cannot be read, unknown keys get 503 and do not count', async () => {
  const it = await service({ apiKeys: [rootKey] });
  it.store.reachable = false;
  await expect(it.refreshKeys()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const unknown = `ua_0123456789abcdef_${'x'.repeat(43)}`;
  for (let index = 0; index < 2 * maxWrongKeys; index += 1) expect(await statusOf(it, unknown)).toBe(503);
  it.store.reachable = true;
  await it.refreshKeys();
  expect(await statusOf(it, unknown)).toBe(401);
});

test('after a minute, wrong keys are answered 401 again', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const it = await service({ apiKeys: [rootKey] });
    await exhaust(it);
    expect((await ask(it, 'wrong')).headers['retry-after']).toBe('60');
    vi.setSystemTime(Date.now() + 59_999);
    expect((await ask(it, 'wrong')).headers['retry-after']).toBe('1');
    vi.setSystemTime(Date.now() + 1);
    expect(await statusOf(it, 'wrong')).toBe(401);
  } finally {
    vi.useRealTimers();
  }
});

describe('the address', () => {
  test.each<[string, string, number]>([
    ['192.0.2.1', '192.0.2.2', 401],
    ['192.0.2.1', '::ffff:192.0.2.1', 429],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', 429],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', 401],
    ['::1', '127.0.0.1', 401],
    ['fe80::1%eth0', 'fe80::2%eth1', 429],
  ])('after wrong keys from %s, one from %s gets %i', async (first, second, status) => {
    const it = await service({ apiKeys: [rootKey] });
    await exhaust(it, { address: first });
    expect(await statusOf(it, 'wrong', { address: second })).toBe(status);
  });

  test('whose last wrong key is the oldest is forgotten first, if there are too many addresses', async () => {
    const app = fastify();
    onTestFinished(() => app.close());
    handleErrors(app, { replace: await wrongKeyLimit(app, { maxWrongKeys: 1, maxAddresses: 100 }) });
    app.get('/', () => {
      throw new WrongKeyProblem(401, 'wrong');
    });
    const statusFrom = async (remoteAddress: string) =>
      (await app.inject({ url: '/', remoteAddress })).statusCode;
    const another = (last: number) => statusFrom(`198.51.100.${last}`);
    expect([await statusFrom('192.0.2.1'), await statusFrom('192.0.2.1')]).toEqual([401, 429]);
    for (let index = 0; index < 99; index += 1) expect(await another(index)).toBe(401);
    expect(await statusFrom('192.0.2.1')).toBe(429);
    for (let index = 99; index < 199; index += 1) expect(await another(index)).toBe(401);
    expect(await statusFrom('192.0.2.1')).toBe(401);
  });

  test('is not read from X-Forwarded-For, unless the request comes from a trusted proxy', async () => {
    const it = await service({ apiKeys: [rootKey], trustedProxies: ['10.0.0.0/8'] });
    for (let index = 0; index < maxWrongKeys; index += 1)
      expect(await statusOf(it, 'wrong', { forwardedFor: `198.51.100.${index}` })).toBe(401);
    expect(await statusOf(it, 'wrong', { forwardedFor: '198.51.100.200' })).toBe(429);
  });

  test('behind trusted proxies, is the last address that is not one of a proxy', async () => {
    const it = await service({ apiKeys: [rootKey], trustedProxies: ['10.0.0.0/8', '2001:db8::1'] });
    await exhaust(it, { address: '10.0.0.1', forwardedFor: '203.0.113.9, 198.51.100.1, 10.0.0.2' });
    const statusFrom = (address: string, forwardedFor?: string) =>
      statusOf(it, 'wrong', { address, ...(forwardedFor === undefined ? {} : { forwardedFor }) });
    expect(await statusFrom('10.0.0.3', '203.0.113.10, 198.51.100.1')).toBe(429);
    expect(await statusFrom('2001:db8::1', '198.51.100.1')).toBe(429);
    expect(await statusFrom('198.51.100.1')).toBe(429);
    expect(await statusFrom('10.0.0.1', '198.51.100.2')).toBe(401);
    expect(await statusFrom('10.0.0.1')).toBe(401);
  });

  test('is that of the proxy if the proxy names no address', async () => {
    const it = await service({ apiKeys: [rootKey], trustedProxies: ['10.0.0.1'] });
    for (let index = 0; index < maxWrongKeys; index += 1) {
      const forwardedFor = ['unknown', `secret-${index}`, '', ',', '198.51.100.1:443'][index % 5] ?? '';
      expect(await statusOf(it, 'wrong', { address: '10.0.0.1', forwardedFor })).toBe(401);
    }
    expect(await statusOf(it, 'wrong', { address: '10.0.0.1', forwardedFor: 'x'.repeat(10_000) })).toBe(429);
    expect(await statusOf(it, 'wrong', { address: '10.0.0.1' })).toBe(429);
  });
});

test('the host or scheme that a trusted proxy names does not change which hosts are accepted', async () => {
  const it = await service({ trustedProxies: ['127.0.0.1'], allowedHosts: ['logs.example'] });
  const statusFor = async (headers: Record<string, string>) =>
    (await it.app.inject({ url: '/api/logs', headers, remoteAddress: '127.0.0.1' })).statusCode;
  for (const name of ['x-forwarded-host', 'x-original-host', 'forwarded']) {
    expect(await statusFor({ host: 'evil.example', [name]: 'logs.example' })).toBe(403);
    expect(await statusFor({ host: 'logs.example', [name]: 'evil.example' })).toBe(200);
  }
  expect(
    (await post(it.app, '/api/logs', draft, { 'x-forwarded-host': 'evil.example' })).headers.location,
  ).toMatch(/^\/api\/logs\//);
  expect(
    (
      await it.app.inject({
        url: '/',
        headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
      })
    ).headers.location,
  ).toBe('/docs');
});
