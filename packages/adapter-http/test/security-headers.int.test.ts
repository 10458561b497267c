import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildHealthServer } from '../src/index.ts';
import { recordingLogger } from './recording-logger.ts';
import { onMemory, post, service } from './service.ts';

/** The headers that every response has. */
const everywhere = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
};
// Browsers would ignore the first three of these on plain HTTP, and report two of them.
const nowhere = [
  'strict-transport-security',
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'x-powered-by',
];

function expectHeaders(headers: Readonly<Record<string, unknown>>, more: Record<string, string> = {}): void {
  expect(headers).toMatchObject({ ...everywhere, ...more });
  for (const name of nowhere) expect(headers).not.toHaveProperty(name);
  expect(JSON.stringify(headers)).not.toContain('upgrade-insecure-requests');
}

/** Sends bytes. Returns the headers of the response. */
async function headersOf(url: string, bytes: string): Promise<Record<string, string>> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(bytes);
  const [head = ''] = (await text(socket)).split('\r\n\r\n');
  return Object.fromEntries(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;

describe('the security headers are on', () => {
  test.each<[string, string, number]>([
    ['a page of activities', '/api/logs', 200],
    ['a probe', '/health/live', 200],
    ['metrics', '/metrics', 200],
    ['the redirect to the documentation', '/', 302],
    ['the OpenAPI document', '/openapi.json', 200],
    ['a malformed query', '/api/logs?limit=x', 400],
    ['an unknown path', '/none', 404],
    ['an unknown id', '/api/logs/none', 404],
    ['a malformed path', '/api/logs/%zz', 400],
    ['a path with a long id', `/api/logs/${'x'.repeat(4000)}`, 404],
    ['a wrong method', '/v1/track', 405],
  ])('%s', async (_, url, status) => {
    const { app } = await service();
    const response = await app.inject(url);
    expect(response.statusCode).toBe(status);
    expectHeaders(response.headers);
  });

  test('refusals of a key, of a scope and of a host', async () => {
    const closed = await service({ apiKeys: ['key'] });
    expectHeaders((await closed.app.inject('/api/logs')).headers);
    const open = await service();
    expectHeaders((await open.app.inject({ url: '/api/logs', headers: { host: 'evil.example' } })).headers);
  });

  test('unexpected errors', async () => {
    const { app } = await service({ useCases: { countActivities: () => Promise.reject(new Error('bug')) } });
    const response = await app.inject('/api/logs/count');
    expect(response.statusCode).toBe(500);
    expectHeaders(response.headers);
  });

  test('responses to broken requests', async () => {
    const { app } = await service();
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    expectHeaders(await headersOf(url, 'nonsense\r\n\r\n'));
    expectHeaders(await headersOf(url, `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`));
  });

  test('the server of a consumer', async () => {
    const { checkHealth } = onMemory().options.useCases;
    const { logger } = recordingLogger();
    const consumer = await buildHealthServer({
      checkHealth,
      logger,
      maxConnections: 10,
      progress: { state: 'moving' },
      scrapeMetrics: async () => 'a 1\n',
      readHistory: async () => [],
    });
    onTestFinished(() => consumer.close());
    const consumerUrl = await consumer.listen({ host: '127.0.0.1', port: 0 });
    for (const path of ['/health/live', '/metrics', '/none'])
      expectHeaders(await headersOf(consumerUrl, get(path)));
  });
});

test('pages of other origins may use the routes that log, also without CORS', async () => {
  const it = await service({ apiKeys: ['key'] });
  const crossOrigin = { 'cross-origin-resource-policy': 'cross-origin' };
  for (const url of ['/api/logs', '/api/logs/batch', '/api/events', '/v1/track', '/v1/batch']) {
    expectHeaders((await post(it.app, url, {}, { 'x-api-key': 'key' })).headers, crossOrigin);
    expectHeaders((await post(it.app, url, {}, { 'x-api-key': 'wrong' })).headers, crossOrigin);
  }
});

test('the documentation has a policy of its own', async () => {
  const { app } = await service();
  const { headers } = await app.inject('/docs');
  expectHeaders(headers, { 'content-security-policy': headers['content-security-policy']?.toString() ?? '' });
  expect(headers['content-security-policy']).toMatch(/default-src 'self'.*frame-ancestors 'self'/);
});
