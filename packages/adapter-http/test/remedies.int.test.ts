import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildHealthServer } from '../src/index.ts';
import { recordingLogger } from './recording-logger.ts';
import { onMemory, refusal, seen, type Service, service } from './service.ts';

const send = ({ app }: Service, url: string, payload: string | Buffer, headers: Record<string, string>) =>
  app.inject({ method: 'POST', url, headers, payload });
const json = { 'content-type': 'application/json' };
const activity = '{"userId":"u","type":"A"}';
const lines = `${activity}\n${activity}\n`;

describe('a media type that a route does not take', () => {
  const ofBatch = 'application/json, application/x-ndjson, application/ndjson, application/jsonl';
  test.each([
    ['/api/logs', 'text/plain', 'application/json', /must be application\/json\.$/],
    ['/api/logs', 'application/x-ndjson', 'application/json', /POST \/api\/logs\/batch/],
    ['/api/logs', 'Application/JSONL; a=b', 'application/json', /POST \/api\/logs\/batch/],
    ['/api/logs', 'application/cloudevents+json', 'application/json', /POST \/api\/events/],
    ['/api/logs', 'application/json; charset=latin1', 'application/json', /utf-8/],
    ['/api/logs/batch', 'text/csv', ofBatch, /application\/x-ndjson/],
    ['/api/dead-letters/replay', 'text/plain', 'application/json', /application\/json/],
    ['/v1/batch', 'application/x-www-form-urlencoded', 'application/json, text/plain', /application\/json/],
    ['/v1/b', 'application/x-ndjson', 'application/json, text/plain', /POST \/api\/logs\/batch/],
    [
      '/api/events',
      'application/cloudevents+xml',
      'application/cloudevents+json, application/cloudevents-batch+json, */*',
      /application\/cloudevents\+json/,
    ],
  ])('%s as %s: 415 with Accept-Post', async (url, type, accepted, detail) => {
    const it = await service();
    const response = await send(it, url, activity, { 'content-type': type });
    expect(seen(response)).toMatchObject(refusal(415, detail));
    expect(response.headers['accept-post']).toBe(accepted);
    const put = await it.app.inject({ method: 'PUT', url, headers: { 'content-type': type }, payload: 'x' });
    expect(put.statusCode).toBe(405);
  });

  test('if there is none, 415 says so, and a wrong encoding gets another response', async () => {
    const it = await service();
    const untyped = await send(it, '/api/logs', Buffer.from(activity), { 'content-length': '25' });
    expect(seen(untyped)).toMatchObject(refusal(415, /no Content-Type\. It must be application\/json/));
    const encoded = await send(it, '/api/logs', activity, { ...json, 'content-encoding': 'br' });
    expect(seen(encoded)).toMatchObject(refusal(415, /gzip/));
    expect(encoded.headers).toMatchObject({
      'accept-encoding': 'gzip, identity',
      'accept-post': 'application/json',
    });
  });
});

describe('lines of JSON with the media type of JSON', () => {
  test.each([
    ['/api/logs', /POST \/api\/logs\/batch as application\/x-ndjson/],
    ['/api/logs/batch', /application\/x-ndjson/],
    ['/v1/track', /POST \/v1\/batch, as \{"batch": \[\.\.\.\]\}/],
    ['/v1/t', /POST \/v1\/batch/],
    ['/v1/batch', /POST \/v1\/batch/],
    ['/api/dead-letters/replay', /^The body is not well-formed JSON\.$/],
    ['/api/events', /application\/cloudevents-batch\+json/, 'application/cloudevents+json'],
    ['/api/events', /application\/cloudevents-batch\+json/, 'application/cloudevents-batch+json'],
  ])('get the right route: %s', async (url, detail, type = 'application/json') => {
    const it = await service();
    for (const payload of [
      lines,
      `\n ${activity}\r\n\r\n  ${activity}`,
      '{"a":"}\\"{"}\n{"b',
      '[[1],{}]\n[2]\n',
      '{"a":1,}\n{',
      `${activity}${activity}`,
      `${activity} ${activity}`,
      `${activity}\r${activity}`,
      `${activity},\n${activity}\n`,
      `${activity} , ${activity}`,
    ]) {
      expect([payload, seen(await send(it, url, payload, { 'content-type': type }))]).toMatchObject([
        payload,
        refusal(400, detail),
      ]);
    }
    const zipped = { 'content-type': type, 'content-encoding': 'gzip' };
    expect(seen(await send(it, url, gzipSync(lines), zipped))).toMatchObject(refusal(400, detail));
    expect(it.logged()).toEqual([]);
  });

  test.each([
    '{"a":1},,{"b":2}',
    '{"a":1},',
    '{"a":1},2',
    '{"a":\n{',
    '{',
    '}\n{',
    '1\n{',
    '"\n{"',
    '{}\nx',
    '{"a',
  ])('%j are not lines of JSON', async (payload) => {
    const it = await service();
    expect(seen(await send(it, '/api/logs', payload, json))).toMatchObject({
      status: 400,
      body: { detail: 'The body is not well-formed JSON.' },
    });
  });
});

test('for one item instead of many, or many instead of one, the response names the right route', async () => {
  const it = await service();
  const object = seen(await send(it, '/api/logs/batch', activity, json));
  expect(object).toMatchObject(refusal(422, /POST \/api\/logs\.$/));
  expect(object).toMatchObject({ body: { errors: [{ path: '', message: 'must be a JSON array' }] } });
  expect(seen(await send(it, '/api/logs/batch', `${activity}\n`, json))).toMatchObject(
    refusal(422, /or lines of JSON as application\/x-ndjson\. .*POST \/api\/logs\.$/),
  );
  const array = seen(await send(it, '/api/logs', `[${activity}]`, json));
  expect(array).toMatchObject(refusal(422, /POST \/api\/logs\/batch\.$/));
  expect(array).toMatchObject({ body: { errors: [{ path: '', message: 'must be a JSON object' }] } });
  const event = '{"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"u"}';
  const one = { 'content-type': 'application/cloudevents+json' };
  const many = { 'content-type': 'application/cloudevents-batch+json' };
  expect(seen(await send(it, '/api/events', `[${event}]`, one))).toMatchObject(
    refusal(422, /-batch\+json\.$/),
  );
  expect(seen(await send(it, '/api/events', event, many))).toMatchObject(
    refusal(422, /cloudevents\+json\.$/),
  );
  expect(it.logged()).toEqual([]);
});

test.each(['/logs', '/api/log', '/api/events/batch', '/v1/tracks', '/api'])(
  '%s is 404, and the response names the documentation',
  async (url) => {
    const it = await service();
    expect(seen(await it.app.inject(url))).toMatchObject(refusal(404, /\/docs.*\/openapi\.json/));
    for (const type of ['application/json', 'text/plain'])
      expect(seen(await send(it, url, '{', { 'content-type': type }))).toMatchObject(refusal(404, /\/docs/));
  },
);

test('a consumer has other routes', async () => {
  const server = await buildHealthServer({
    checkHealth: onMemory().options.useCases.checkHealth,
    progress: { state: 'moving' },
    scrapeMetrics: async () => '',
    readHistory: async () => [],
    maxConnections: 10,
    logger: recordingLogger().logger,
  });
  onTestFinished(() => server.close());
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  expect(await (await fetch(`${url}/api/logs`)).text()).toContain('/health/ready');
  expect((await fetch(`${url}/health/live/`)).status).toBe(200);
});
