import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildHealthServer } from '../src/index.ts';
import { recordingLogger } from './recording-logger.ts';
import { onMemory, post, service } from './service.ts';

/** Sends the head of a request to the service. Returns the status of the response. */
async function statusOf(url: string, ...head: string[]): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write([...head, 'Connection: close', '', ''].join('\r\n'));
  return Number((await text(socket)).slice(9, 12));
}

const own = [
  'localhost',
  'LOCALHOST:3000',
  'localhost.',
  'app.localhost:1',
  '127.0.0.1',
  '127.0.0.1:65535',
  '127.9.8.7',
  '[::1]:3000',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
];
const foreign = [
  'evil.example',
  'EVIL.example:3000',
  'evil.example.',
  'localhost.evil.example',
  'evil-localhost',
  'localhost..',
  '.localhost',
  'localhost@evil.example',
  'evil.example#localhost',
  'evil.example/localhost',
  'localhost:3000:1',
  'localhost:port',
  'localhost, evil.example',
  '127.0.0.1.evil.example',
  '127.1',
  '127.0.0.256',
  '0127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0.0.0.0',
  '10.0.0.1',
  '[::1%25lo]',
  '[::1%lo]',
  '[::]',
  '[::2]',
  '[::ffff:10.0.0.1]',
  '::1',
  '[::1',
];

describe('without keys', () => {
  test.each(own)('a request for %s is answered', async (host) => {
    const { app } = await service();
    expect((await app.inject({ url: '/api/logs', headers: { host } })).statusCode).toBe(200);
  });

  test.each(foreign)('a request for %s is refused', async (host) => {
    const it = await service();
    const response = await it.app.inject({ url: '/api/logs', headers: { host } });
    expect(response.statusCode).toBe(403);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.body).toMatch(/"status":403,"detail":".+ALLOWED_HOSTS.+API_KEYS/);
    expect((await post(it.app, '/api/logs', { userId: 'a', type: 'B' }, { host })).statusCode).toBe(403);
    expect(it.logged()).toEqual([]);
  });

  test.each(['/', '/docs', '/openapi.json', '/metrics', '/none', '/api/logs/a', '/api/dead-letters'])(
    'is also refused at %s',
    async (url) => {
      const { app } = await service();
      for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }])
        expect((await app.inject({ url, headers })).statusCode).toBe(403);
    },
  );

  test('health checks accept any host', async () => {
    const { app } = await service();
    const headers = { host: '10.1.2.3:3000', origin: 'null', 'sec-fetch-site': 'cross-site' };
    for (const url of ['/health/live', '/health/ready'])
      expect((await app.inject({ url, headers })).statusCode).toBe(200);
  });

  test.each([
    ['http://localhost:8080', 200],
    ['https://127.0.0.1', 200],
    ['http://logs.example:8080', 200],
    ['http://evil.example', 403],
    ['null', 403],
    ['', 403],
    ['file://localhost', 403],
    ['chrome-extension://localhost', 403],
    ['http://localhost@evil.example', 403],
    ['http://localhost, http://evil.example', 403],
  ])('a page of the origin "%s" gets %i', async (origin, status) => {
    const { app } = await service({ allowedHosts: ['logs.example'] });
    expect((await app.inject({ url: '/api/logs', headers: { origin } })).statusCode).toBe(status);
  });

  test.each([
    ['logs.example', 'Logs.Example.:443', 200],
    ['LOGS.example', 'logs.example', 200],
    ['logs.example', 'a.logs.example', 403],
    ['10.0.0.1', '10.0.0.1:3000', 200],
    ['fe80::1', '[FE80:0::1]:3000', 200],
    ['[fe80::1]', '[fe80::1]', 200],
  ])('with the allowed host %s, %s gets %i', async (allowed, host, status) => {
    const { app } = await service({ allowedHosts: [allowed] });
    expect((await app.inject({ url: '/api/logs', headers: { host } })).statusCode).toBe(status);
  });

  test.each([
    ['same-origin', 200],
    ['same-site', 200],
    ['none', 200],
    ['cross-site', 403],
    ['Cross-Site', 403],
    ['same-origin, cross-site', 403],
  ])('a request with Sec-Fetch-Site: %s gets %i', async (site, status) => {
    const { app } = await service();
    expect((await app.inject({ url: '/api/logs', headers: { 'sec-fetch-site': site } })).statusCode).toBe(
      status,
    );
  });

  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

  test('a link on another site opens the documentation, and nothing else', async () => {
    const { app } = await service();
    const ask = async (url: string, more: Record<string, string> = {}, method: 'GET' | 'POST' = 'GET') =>
      (await app.inject({ method, url, headers: { ...link, ...more } })).statusCode;
    expect(await ask('/docs')).toBe(200);
    expect(await ask('/docs/?from=elsewhere')).toBe(200);
    expect(await ask('/')).toBe(302);
    expect(await ask('/docs', { 'sec-fetch-dest': 'iframe' })).toBe(403);
    expect(await ask('/docs', { 'sec-fetch-mode': 'no-cors' })).toBe(403);
    expect(await ask('/docs', { host: 'evil.example' })).toBe(403);
    expect(await ask('/docs', { origin: 'http://evil.example' })).toBe(403);
    expect(await ask('/docs', {}, 'POST')).toBe(403);
    for (const url of ['/api/logs', '/docsx', '/openapi.json', '/metrics', '/api/logs?x=/docs'])
      expect(await ask(url)).toBe(403);
  });

  test('the host of an absolute URL in the request line is checked, and only one Host header is allowed', async () => {
    const { app } = await service();
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const absolute = (target: string): Promise<number> =>
      statusOf(url, `GET ${target} HTTP/1.1`, 'Host: localhost');
    expect(await absolute('http://localhost/api/logs')).toBe(200);
    expect(await absolute('http://evil.example/api/logs')).toBe(403);
    expect(await absolute('HTTP://evil.example/api/logs')).toBe(403);
    expect(await absolute('http://localhost@evil.example/api/logs')).toBe(403);
    expect(await absolute('ftp://localhost/api/logs')).toBe(403);
    const get = 'GET /api/logs HTTP/1.1';
    expect(await statusOf(url, get, 'Host: localhost', 'Host: localhost')).toBe(400);
    expect(await statusOf(url, get, 'Host: localhost', 'hOST: evil.example')).toBe(400);
    expect(await statusOf(url, get)).toBe(400);
    expect(await statusOf(url, get, 'Host:')).toBe(403);
    expect(await statusOf(url, 'GET /api/logs HTTP/1.0')).toBe(403);
  });
});

test('with root keys, only the key is checked, and hosts are ignored', async () => {
  const { app } = await service({ apiKeys: ['key'] });
  const headers = { host: 'logs.example', origin: 'http://app.example', 'sec-fetch-site': 'cross-site' };
  expect((await app.inject({ url: '/api/logs', headers })).statusCode).toBe(401);
  const withKey = { ...headers, 'x-api-key': 'key' };
  expect((await app.inject({ url: '/api/logs', headers: withKey })).statusCode).toBe(200);
});

test.each([
  [[], 403],
  [undefined, 200],
  [['consumer'], 200],
])('if a consumer allows %j, a scrape of its metrics by host name gets %i', async (allowedHosts, status) => {
  const server = await buildHealthServer({
    checkHealth: onMemory().options.useCases.checkHealth,
    progress: { state: 'moving' },
    scrapeMetrics: async () => 'a 1\n',
    readHistory: async () => [],
    allowedHosts,
    maxConnections: 10,
    logger: recordingLogger().logger,
  });
  onTestFinished(() => server.close());
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  expect(await statusOf(url, 'GET /metrics HTTP/1.1', 'Host: consumer:3001')).toBe(status);
  expect(await statusOf(url, 'GET /health/live HTTP/1.1', 'Host: consumer:3001')).toBe(200);
});
