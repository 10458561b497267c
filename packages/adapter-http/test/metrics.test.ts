import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryMetrics } from '@user-activity/adapter-memory';
import { Timestamp } from '@user-activity/domain';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { buildHealthServer } from '../src/index.ts';
import { recordingLogger } from './recording-logger.ts';
import { onMemory, post, seen, service } from './service.ts';

let metrics: MemoryMetrics;
beforeEach(() => {
  metrics = new MemoryMetrics();
});
afterEach(() => metrics.stop());

/** Returns the number of requests by method, route and status. */
async function requests(): Promise<Record<string, number>> {
  const readings = await metrics.read('http.server.request.duration');
  return Object.fromEntries(
    readings.map(({ attributes, value }) => {
      const told = ['http.request.method', 'http.route', 'http.response.status_code'];
      return [told.map((name) => attributes[name] ?? '-').join(' '), value];
    }),
  );
}

const underWay = async (): Promise<number> =>
  (await metrics.read('http.server.active_requests')).reduce((sum, { value }) => sum + value, 0);

describe('requests', () => {
  test('are measured by method, route and status, but by no value that a client sends', async () => {
    const { app } = await service();
    await post(app, '/api/logs', { userId: 'a', type: 'B' });
    await post(app, '/api/logs', { userId: 'a', type: 'B' });
    await post(app, '/api/logs', {});
    await app.inject('/api/logs/secret-id?x=1');
    await app.inject('/api/logs/secret-id');
    await app.inject('/secret');
    await app.inject('/api/logs/%zz');
    await app.inject({ method: 'DELETE', url: '/api/logs' });
    await app.inject({ method: 'PROPFIND' as 'GET', url: '/api/logs' });
    expect(await requests()).toEqual({
      'POST /api/logs 202': 2,
      'POST /api/logs 422': 1,
      'GET /api/logs/:id 400': 1,
      'GET /api/logs/:id 404': 1,
      'GET - 404': 1,
      'GET - 400': 1,
      'DELETE /api/logs 405': 1,
      '_OTHER /api/logs 405': 1,
    });
    expect(await underWay()).toBe(0);
  });

  test('are in progress until they are answered', async () => {
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { app } = await service({
      useCases: {
        async findActivity() {
          begun.resolve();
          await gate.promise;
          return undefined;
        },
      },
    });
    const answered = app.inject('/api/logs/a');
    await begun.promise;
    expect(await underWay()).toBe(1);
    gate.resolve();
    await answered;
    expect(await underWay()).toBe(0);
  });

  test('are no longer in progress after their client disconnects, and have no status', async () => {
    const { app } = await service();
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(port), '127.0.0.1');
    const head = ['POST /api/logs HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    socket.write([...head, 'Content-Length: 100', 'Expect: 100-continue', '', '{'].join('\r\n'));
    await once(socket, 'data');
    expect(await underWay()).toBe(1);
    socket.destroy();
    while ((await underWay()) > 0) await nextTurn();
    expect(await requests()).toEqual({ 'POST /api/logs -': 1 });
  });
});

test('requests that wait for the response to another one are no longer in progress once their connection is closed', async () => {
  const gate = Promise.withResolvers<undefined>();
  const { app } = await service({ useCases: { findActivity: () => gate.promise } });
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('GET /api/logs/a HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(3));
  while ((await underWay()) < 3) await nextTurn();
  socket.destroy();
  while ((await underWay()) > 0) await nextTurn();
  gate.resolve(undefined);
  expect(await requests()).toEqual({ 'GET /api/logs/:id -': 3 });
});

describe('GET /metrics', () => {
  const scrapeMetrics = async () => '# TYPE a gauge\na 1\n';

  test('returns the metrics as text for Prometheus, and HEAD returns its length', async () => {
    const { app } = await service({ scrapeMetrics });
    const response = await app.inject('/metrics');
    expect(response).toMatchObject({ statusCode: 200, body: await scrapeMetrics() });
    expect(response.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
      'content-length': '19',
    });
    const head = await app.inject({ method: 'HEAD', url: '/metrics' });
    expect(head).toMatchObject({ statusCode: 200, body: '', headers: { 'content-length': '19' } });
  });

  test('needs a key if there are keys', async () => {
    const { app } = await service({ scrapeMetrics, apiKeys: ['key'] });
    expect((await app.inject('/metrics')).statusCode).toBe(401);
    const authorization = 'Bearer key';
    expect((await app.inject({ url: '/metrics', headers: { authorization } })).statusCode).toBe(200);
  });

  test('refuses parameters and other methods', async () => {
    const { app } = await service();
    expect(seen(await app.inject('/metrics?name=a'))).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/name', message: 'is not a known parameter: this route takes none' }] },
    });
    const deleted = await app.inject({ method: 'DELETE', url: '/metrics' });
    expect(deleted).toMatchObject({ statusCode: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('returns a 500 that reveals nothing about the service if it fails', async () => {
    const { app } = await service({ scrapeMetrics: () => Promise.reject(new Error('inside')) });
    const response = await app.inject('/metrics');
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('inside');
  });
});

describe('GET /api/health/history', () => {
  const at = Timestamp.parse('2026-01-02T03:00:00Z');

  test('returns what the process measured by the minute', async () => {
    const { app } = await service({
      readHistory: async () => [
        {
          at,
          seconds: 60,
          accepted: 3,
          stored: 2,
          deadLettered: 0,
          lag: 1,
          storedAfterMs: { p50: 4.5, p99: 9 },
        },
        { at: Timestamp.fromMillis(at + 60_000), seconds: 1.5, accepted: 0 },
      ],
    });
    const response = await app.inject('/api/health/history');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(seen(response)).toEqual({
      status: 200,
      body: {
        data: [
          {
            at: '2026-01-02T03:00:00.000Z',
            seconds: 60,
            accepted: 3,
            stored: 2,
            deadLettered: 0,
            lag: 1,
            storedAfterMs: { p50: 4.5, p99: 9 },
          },
          { at: '2026-01-02T03:01:00.000Z', seconds: 1.5, accepted: 0 },
        ],
      },
    });
  });

  test('refuses parameters', async () => {
    const { app } = await service();
    expect(seen(await app.inject('/api/health/history?from=-1h'))).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/from' }] },
    });
  });
});

test('the server of a process without an API has these routes too', async () => {
  const server = await buildHealthServer({
    checkHealth: onMemory().options.useCases.checkHealth,
    progress: { state: 'moving' },
    scrapeMetrics: async () => 'a 1\n',
    readHistory: async () => [],
    maxConnections: 10,
    logger: recordingLogger().logger,
  });
  onTestFinished(() => server.close());
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toBe('a 1\n');
  expect((await fetch(`${url}/metrics?a=1`)).status).toBe(400);
  expect(await (await fetch(`${url}/api/health/history`)).json()).toEqual({ data: [] });
  // Requests for health and metrics are not counted.
  expect(await requests()).toEqual({});
});
