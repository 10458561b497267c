import { describe, expect, test } from 'vitest';
import { loggings, others, readings, type Sent } from '../routes-of-projects.ts';
import { post, type Service, service } from '../service.ts';
import { asRoot, makeKey, makePublicKey, rootKey } from './key-requests.ts';

const shop = 'https://shop.example';
const blog = 'https://blog.example:8443';

/** Sends the preflight that a browser sends before such a request of a page. */
const preflight = ({ app }: Pick<Service, 'app'>, url: string, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'OPTIONS',
    url,
    headers: {
      origin: shop,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
      ...headers,
    },
  });
const send = ({ app }: Pick<Service, 'app'>, { headers, ...sent }: Sent, more: Record<string, string>) =>
  app.inject({ ...sent, headers: { ...headers, ...more } });
const loggingUrls = Object.values(loggings).map(({ url }) => url);
const draft = { userId: 'ann', type: 'LOGIN' };

describe.each([
  ['with root keys', [rootKey]],
  ['without root keys', []],
])('%s', (_, apiKeys) => {
  test('a preflight is answered for the origins of valid keys, at the routes that log', async () => {
    const it = await service({ apiKeys });
    await makePublicKey(it, [blog, shop]);
    for (const url of [...loggingUrls, '/beacon/v1/batch', '/api/logs/']) {
      const { statusCode, headers, body } = await preflight(it, url);
      expect([url, statusCode, body, headers]).toEqual([
        url,
        204,
        '',
        expect.objectContaining({
          'access-control-allow-origin': shop,
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': 'authorization,content-type',
          'access-control-max-age': '7200',
          vary: 'Origin, Access-Control-Request-Headers',
        }),
      ]);
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  test.each([
    ['of an origin that no key names', 'https://other.example'],
    ['of an origin in upper case', 'HTTPS://SHOP.EXAMPLE'],
    ['of an origin with its default port', 'https://shop.example:443'],
    ['of the same host by plain HTTP', 'http://shop.example'],
    ['of an opaque origin', 'null'],
    ['of two origins', `${shop}, ${shop}`],
  ])('a preflight %s is refused', async (_name, origin) => {
    const it = await service({ apiKeys });
    await makePublicKey(it, [shop]);
    const { statusCode, headers } = await preflight(it, '/api/logs', { origin });
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('a preflight for another method or another route is refused', async () => {
    const it = await service({ apiKeys });
    await makePublicKey(it, [shop]);
    const urls = [...Object.values({ ...readings, ...others }).map(({ url }) => url), '/none', '/', '/docs'];
    for (const url of urls.filter((path) => path !== '/api/events' && path !== '/api/logs?userId=ann')) {
      const { statusCode, headers } = await preflight(it, url);
      expect([url, statusCode]).toEqual([url, apiKeys.length > 0 ? 401 : 403]);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
    for (const method of ['GET', 'DELETE', 'post', '']) {
      const { statusCode, headers } = await preflight(it, '/api/logs', {
        'access-control-request-method': method,
      });
      expect([method, statusCode]).toEqual([method, apiKeys.length > 0 ? 401 : 403]);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('a page logs by each route with its key, and can read the response', async () => {
    const it = await service({ apiKeys });
    const { secret } = await makePublicKey(it, [shop]);
    for (const [route, sent] of Object.entries(loggings)) {
      const response = await send(it, sent, {
        origin: shop,
        'sec-fetch-site': 'cross-site',
        'x-api-key': secret,
      });
      expect([route, response.statusCode]).toEqual([route, route.includes('/v1/') ? 200 : 202]);
      expect(response.headers).toMatchObject({
        'access-control-allow-origin': shop,
        'access-control-expose-headers': expect.stringContaining('X-Request-Id') as string,
        vary: 'Origin, Authorization, X-Api-Key, X-Project',
      });
    }
    expect(it.logged().map(({ content }) => content)).toHaveLength(Object.keys(loggings).length);
  });

  test.each([
    ['an origin of another key', blog],
    ['an opaque origin', 'null'],
    ['an origin in upper case', 'HTTPS://SHOP.EXAMPLE'],
    ['two origins', `${shop}, ${shop}`],
    ['no origin', undefined],
  ])('a public key is refused with %s', async (_name, origin) => {
    const it = await service({ apiKeys });
    const { secret } = await makePublicKey(it, [shop]);
    await makePublicKey(it, [blog]);
    const response = await post(it.app, '/api/logs', draft, {
      'x-api-key': secret,
      ...(origin !== undefined && { origin }),
    });
    expect(response.statusCode).toBe(403);
    expect(response.json<{ detail: string }>().detail).toMatch(/Origin/i);
    expect(it.logged()).toEqual([]);
  });

  test('a public key reads nothing, also from its page', async () => {
    const it = await service({ apiKeys });
    const { secret } = await makePublicKey(it, [shop]);
    for (const [route, sent] of Object.entries({ ...readings, ...others })) {
      if (route === 'OPTIONS /api/events') continue;
      const response = await send(it, sent, { origin: shop, 'x-api-key': secret });
      expect([route, response.statusCode]).toEqual([route, 403]);
      expect(response.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test('a page can read refusals, and no request without a key is accepted', async () => {
    const it = await service({ apiKeys });
    const { id } = await makePublicKey(it, [shop]);
    for (const headers of [
      {},
      { 'x-api-key': `ua_${id}_${'x'.repeat(43)}` },
      { authorization: 'Basic YTo=' },
    ])
      for (const [route, sent] of Object.entries(loggings)) {
        const response = await send(it, sent, { origin: shop, 'sec-fetch-site': 'cross-site', ...headers });
        expect([route, response.statusCode]).toEqual([route, 401]);
        expect(response.headers['access-control-allow-origin']).toBe(shop);
        // A browser would show a login form for a Basic challenge.
        expect(response.headers['www-authenticate']).toEqual(['Bearer realm="user-activity"']);
      }
    expect(it.logged()).toEqual([]);
  });

  test('the origin of a key that expired or was revoked is refused at once', async () => {
    const it = await service({ apiKeys });
    const expiresAt = new Date(it.clock.now() + 1000).toISOString();
    await makePublicKey(it, [shop], { expiresAt });
    const { id } = await makePublicKey(it, [blog]);
    expect((await preflight(it, '/api/logs')).statusCode).toBe(204);
    it.clock.set(expiresAt);
    expect((await preflight(it, '/api/logs')).statusCode).toBeGreaterThanOrEqual(400);
    expect((await preflight(it, '/api/logs', { origin: blog })).statusCode).toBe(204);
    await it.app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers: asRoot() });
    expect((await preflight(it, '/api/logs', { origin: blog })).statusCode).toBeGreaterThanOrEqual(400);
  });

  test('public keys do not change the responses of other routes', async () => {
    const it = await service({ apiKeys });
    await makePublicKey(it, [shop]);
    const response = await it.app.inject({ url: '/api/logs', headers: asRoot() });
    expect([response.statusCode, response.headers['vary']]).toEqual([
      200,
      'Authorization, X-Api-Key, X-Project, Accept-Encoding',
    ]);
    const health = await it.app.inject({ url: '/health/live', headers: { origin: shop } });
    expect(health.statusCode).toBe(200);
    expect(health.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

test('without root keys, a foreign host is refused whatever origin is allowed', async () => {
  const it = await service();
  const { secret } = await makePublicKey(it, [shop]);
  const host = 'evil.example';
  expect((await preflight(it, '/api/logs', { host })).statusCode).toBe(403);
  const headers = { host, origin: shop, 'x-api-key': secret };
  expect((await post(it.app, '/api/logs', draft, headers)).statusCode).toBe(403);
  expect(it.logged()).toEqual([]);
});

test('without root keys, a page of this machine still needs no key', async () => {
  const it = await service();
  await makePublicKey(it, ['http://localhost:8080']);
  const response = await post(it.app, '/api/logs', draft, { origin: 'http://localhost:8080' });
  expect(response.statusCode).toBe(202);
});

test('a preflight of a path that does not exist is 404 with a key', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { secret } = await makeKey(it, { scopes: ['write'], project: 'shop' });
  for (const url of ['/none', '/api/none', '/beacon'])
    for (const headers of [asRoot(), { 'x-api-key': secret }])
      expect((await preflight(it, url, headers)).statusCode).toBe(404);
});

test('the handshake of web hooks is not a preflight', async () => {
  const it = await service({ apiKeys: [rootKey] });
  await makePublicKey(it, [shop]);
  const handshake = { origin: shop, 'webhook-request-origin': 'events.example.com' };
  const response = await it.app.inject({ method: 'OPTIONS', url: '/api/events', headers: handshake });
  expect([response.statusCode, response.headers['webhook-allowed-origin']]).toEqual([200, '*']);
  expect((await preflight(it, '/api/events')).statusCode).toBe(204);
});
