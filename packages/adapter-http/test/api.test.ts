import { describe, expect, test } from 'vitest';
import { post, seen, service } from './service.ts';

describe('methods', () => {
  test.each([
    ['PUT', '/api/logs', 'GET, HEAD, POST'],
    ['DELETE', '/api/logs', 'GET, HEAD, POST'],
    ['OPTIONS', '/api/logs', 'GET, HEAD, POST'],
    ['PROPFIND', '/api/logs', 'GET, HEAD, POST'],
    ['GET', '/api/logs/batch', 'POST'],
    ['PUT', '/api/logs/batch', 'POST'],
    ['PROPFIND', '/api/logs/some%2Fid/status?x=1', 'GET, HEAD'],
    ['POST', '/api/logs/some-id', 'GET, HEAD'],
    ['POST', '/api/logs/count', 'GET, HEAD'],
    ['POST', '/api/logs/stats', 'GET, HEAD'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('%s %s is 405 with the allowed methods', async (method, url, allow) => {
    const it = await service();
    const response = await it.app.inject({
      method: method as 'GET',
      url,
      headers: { 'content-type': 'text/x' },
    });
    expect(response.headers['allow']).toBe(allow);
    expect(seen(response)).toMatchObject({ status: 405, body: { title: 'Method Not Allowed' } });
  });

  test('HEAD answers like GET, without a body', async () => {
    const it = await service();
    const response = await it.app.inject({ method: 'HEAD', url: '/api/logs' });
    expect([response.statusCode, response.body]).toEqual([200, '']);
  });
});

test.each(['/api', '/api/log', '/api/logs//', '/API/logs', '/api/logs/a/b'])(
  '%s is 404 as a problem',
  async (url) => {
    const it = await service();
    const response = await it.app.inject(url);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(seen(response)).toMatchObject({ status: 404, body: { status: 404 } });
  },
);

test('/ redirects to the documentation', async () => {
  const it = await service();
  for (const method of ['GET', 'HEAD'] as const) {
    const { statusCode, headers } = await it.app.inject({ method, url: '/?utm_source=mail' });
    expect([statusCode, headers.location]).toEqual([302, '/docs']);
  }
  const { statusCode, headers } = await it.app.inject({ method: 'POST', url: '/' });
  expect([statusCode, headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('a malformed path is 400 as a problem with its request id, for every method', async () => {
  const it = await service();
  const other = await it.app.inject({ method: 'PROPFIND' as 'GET', url: '/api/logs/%zz' });
  expect(seen(other)).toMatchObject({ status: 400, body: { status: 400 } });
  const response = await it.app.inject({ url: '/api/logs/%zz', headers: { 'x-request-id': 'mine' } });
  expect(seen(response)).toMatchObject({ status: 400, body: { status: 400 } });
  expect(response.headers['x-request-id']).toBe('mine');
});

describe('request ids', () => {
  test('are accepted, echoed and logged', async () => {
    const it = await service();
    const response = await it.app.inject({
      url: '/api/logs',
      headers: { 'x-request-id': 'from-the-caller' },
    });
    expect(response.headers['x-request-id']).toBe('from-the-caller');
    expect(it.lines.join('\n')).toContain('"requestId":"from-the-caller"');
  });

  test.each([undefined, '', 'a b', 'x'.repeat(129), 'ä'])(
    '%j is invalid, so a new one is made',
    async (given) => {
      const it = await service();
      const headers = given === undefined ? {} : { 'x-request-id': given };
      const { headers: answered } = await it.app.inject({ url: '/nowhere', headers });
      expect(answered['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});

describe('API keys', () => {
  const apiKeys = ['first-key', 'second:key'];
  const basic = (user: string) => `Basic ${Buffer.from(`${user}:`).toString('base64')}`;

  test.each<Record<string, string>>([
    { authorization: 'Bearer first-key' },
    { authorization: 'bearer second:key' },
    { authorization: basic('first-key') },
    { authorization: `Basic ${Buffer.from('first-key:any password').toString('base64')}` },
    { 'x-api-key': 'second:key' },
    { 'x-api-key': 'wrong', authorization: 'Bearer first-key' },
  ])('%j is accepted', async (headers) => {
    const it = await service({ apiKeys });
    expect((await it.app.inject({ url: '/api/logs', headers })).statusCode).toBe(200);
  });

  test.each<Record<string, string>>([
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'first-key' },
    { authorization: 'Digest first-key' },
    { authorization: basic('wrong') },
    { authorization: 'Basic !!!' },
    { 'x-api-key': 'first-key ,second:key' },
    { 'x-api-key': '' },
  ])('%j is refused', async (headers) => {
    const it = await service({ apiKeys });
    const response = await it.app.inject({ url: '/api/logs', headers });
    expect(seen(response)).toMatchObject({ status: 401, body: { title: 'Unauthorized' } });
    expect(response.headers['www-authenticate']).toEqual([
      'Basic realm="user-activity", charset="UTF-8"',
      'Bearer realm="user-activity"',
    ]);
    expect(it.lines.join('')).not.toContain('first-key');
  });

  test.each(['/', '/api/logs/x', '/openapi.json', '/docs', '/docs/', '/docs/json', '/nowhere'])(
    '%s needs a key',
    async (url) => {
      const it = await service({ apiKeys });
      expect((await it.app.inject(url)).statusCode).toBe(401);
    },
  );

  test.each(['/health/live', '/health/ready'])('%s needs no key', async (url) => {
    const it = await service({ apiKeys });
    expect((await it.app.inject(url)).statusCode).toBe(200);
  });

  test('are checked before the body is read', async () => {
    const it = await service({ apiKeys });
    expect((await post(it.app, '/api/logs', { userId: '' })).statusCode).toBe(401);
  });
});

describe('health', () => {
  test('shows the state of the log and the store', async () => {
    const it = await service();
    expect(seen(await it.app.inject('/health/ready'))).toEqual({
      status: 200,
      body: { status: 'ok', checks: { log: 'ok', store: 'ok' } },
    });
    it.store.reachable = false;
    expect(seen(await it.app.inject('/health/ready'))).toEqual({
      status: 503,
      body: { status: 'unavailable', checks: { log: 'ok', store: 'unavailable' } },
    });
    expect((await it.app.inject('/health/live')).statusCode).toBe(200);
  });

  test.each([
    ['moving', 200, 200],
    ['waiting', 503, 200],
    ['stalled', 503, 200],
    ['dead', 503, 503],
  ] as const)('with a consumer that is %s: ready %i, live %i', async (state, ready, live) => {
    const progress = { state };
    const it = await service({ progress });
    const of = (status: number) => (status === 200 ? 'ok' : 'unavailable');
    expect(seen(await it.app.inject('/health/ready'))).toEqual({
      status: ready,
      body: { status: of(ready), checks: { log: 'ok', store: 'ok', progress: of(ready) } },
    });
    expect(seen(await it.app.inject('/health/live'))).toEqual({
      status: live,
      body: { status: of(live), checks: { progress: of(live) } },
    });
  });
});

describe('documentation', () => {
  test('is OpenAPI 3.1 of every route', async () => {
    const it = await service();
    const document = (await it.app.inject('/openapi.json')).json<{
      openapi: string;
      info: { version: string };
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    }>();
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info.version).toBe('1.2.3');
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.toSorted()).toEqual([
      'delete /api/keys/{id}',
      'delete /api/projects/{id}',
      'delete /api/users/{userId}/logs',
      'get /api/dead-letters',
      'get /api/erasures/{id}',
      'get /api/health/history',
      'get /api/keys',
      'get /api/logs',
      'get /api/logs/count',
      'get /api/logs/export',
      'get /api/logs/feed',
      'get /api/logs/stats',
      'get /api/logs/stream',
      'get /api/logs/{id}',
      'get /api/logs/{id}/status',
      'get /api/projects',
      'get /health/live',
      'get /health/ready',
      'get /metrics',
      'options /api/events',
      'post /api/dead-letters/replay',
      'post /api/events',
      'post /api/keys',
      'post /api/keys/{id}/rotate',
      'post /api/logs',
      'post /api/logs/batch',
      ...['alias', 'batch', 'group', 'identify', 'page', 'screen', 'track'].map((call) => `post /v1/${call}`),
      'put /api/projects/{id}',
    ]);
    expect(Object.keys(document.paths['/api/logs']?.['post']?.responses ?? {})).toEqual([
      '200',
      '201',
      '202',
      '400',
      '401',
      '403',
      '405',
      '409',
      '410',
      '413',
      '415',
      '422',
      '429',
      '431',
      '503',
    ]);
  });

  test('has a page that refers to no other host', async () => {
    const it = await service();
    const page = await it.app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    const linked = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => String(url));
    expect(linked.length).toBeGreaterThan(2);
    for (const url of linked) {
      expect(url).not.toMatch(/^(?:https?:)?\/\//);
      expect((await it.app.inject(new URL(url, 'http://host/docs/').pathname)).statusCode).toBe(200);
    }
  });
});

test('the log line of a request has only method, route, status and time', async () => {
  const it = await service();
  const secret = { userId: 'secret-user', type: 'SECRET_TYPE', metadata: { 'secret-key': 'secret-value' } };
  await post(it.app, '/api/logs', secret, { 'idempotency-key': 'secret-id' });
  await post(it.app, '/api/logs', { ...secret, extra: 'secret-extra' });
  await it.app.inject('/api/logs?userId=secret-user&type=secret&cursor=secret');
  await it.app.inject('/secret');
  await it.app.inject('/api/logs/secret-id');
  expect(it.lines).toHaveLength(5);
  expect(it.lines.join('\n').toLowerCase()).not.toContain('secret');
  expect(JSON.parse(it.lines[0] ?? '')).toMatchObject({
    level: 'info',
    what: { method: 'POST', route: '/api/logs', status: 202 },
  });
});

test('an unknown parameter is refused by /openapi.json, and ignored by health checks', async () => {
  const { app } = await service();
  for (const [url, status] of [
    ['/openapi.json?x=1', 400],
    ['/openapi.json', 200],
    ['/health/live?x=1', 200],
    ['/health/ready?x=1', 200],
  ] as const)
    expect([url, (await app.inject(url)).statusCode]).toEqual([url, status]);
});
