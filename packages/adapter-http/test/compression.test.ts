import { gunzipSync } from 'node:zlib';
import { sampleActivities } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { acceptsGzip } from '../src/requests/compression.ts';
import { makeKey, asRoot, rootKey } from './access/key-requests.ts';
import { save } from './feed/following.ts';
import { readings, streams } from './routes-of-projects.ts';
import { type Service, service } from './service.ts';

describe('acceptsGzip', () => {
  test.each([
    'gzip',
    'GZIP',
    'x-gzip',
    'gzip, deflate, br',
    'deflate,gzip;q=0.5',
    'br;q=1.0, gzip;q=0.8, *;q=0.1',
    '*',
    'identity;q=0.5, *;q=0.6',
    'gzip ; q=0.001',
    'gzip;q=0.5, identity;q=0.5',
    ' gzip ,',
  ])('%s is true', (header) => {
    expect(acceptsGzip(header)).toBe(true);
  });

  test.each([
    undefined,
    '',
    'identity',
    'br',
    'gzip;q=0',
    'gzip;q=0.000',
    '*, gzip;q=0',
    '*;q=0',
    'gzip;q=0.5, identity',
    'gzipped',
    'gzip;q=x',
    'gzip;level=9',
    ',',
  ])('%s is false', (header) => {
    expect(acceptsGzip(header)).toBe(false);
  });
});

const gzip = { 'accept-encoding': 'gzip' };

async function filled(options: Parameters<typeof service>[0] = {}): Promise<Service> {
  const it = await service(options);
  await save(it, sampleActivities(20));
  return it;
}

test.each(['/api/logs', '/api/logs?order=asc&limit=15', '/api/logs/feed'])(
  '%s has the same body with gzip, and is smaller',
  async (url) => {
    const { app } = await filled();
    const plain = await app.inject(url);
    const compressed = await app.inject({ url, headers: gzip });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(compressed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(compressed.rawPayload.length),
      'content-type': plain.headers['content-type'],
      vary: plain.headers['vary'],
    });
    expect(gunzipSync(compressed.rawPayload).toString()).toBe(plain.body);
    expect(compressed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
  },
);

test('many responses that are compressed at the same time are all complete', async () => {
  const { app } = await filled();
  const { body } = await app.inject('/api/logs');
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => app.inject({ url: '/api/logs', headers: gzip })),
  );
  for (const { rawPayload } of answers) expect(gunzipSync(rawPayload).toString()).toBe(body);
});

test('HEAD has the headers of GET, and no body', async () => {
  const { app } = await filled();
  const [get, head] = [
    await app.inject({ url: '/api/logs', headers: gzip }),
    await app.inject({ method: 'HEAD', url: '/api/logs', headers: gzip }),
  ];
  expect(head.rawPayload).toHaveLength(0);
  for (const name of ['content-encoding', 'content-length', 'content-type', 'vary'])
    expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
});

test('small responses, responses to POST, health checks and the stream are not compressed', async () => {
  const it = await filled({ apiKeys: [rootKey] });
  const headers = { ...asRoot(), ...gzip };
  const drafts = Array.from({ length: 90 }, (_, index) => ({
    id: `id-of-an-activity-${index}`,
    userId: 'ann',
    type: 'LOGIN',
  }));
  const answers = [
    await it.app.inject({ url: '/api/logs/count', headers }),
    await it.app.inject({ url: '/api/logs?limit=1', headers }),
    await it.app.inject({ url: '/health/live', headers }),
    await it.app.inject({ url: '/metrics', headers }),
    await it.app.inject({ url: streams['GET /api/logs/stream']?.url ?? '', headers }),
    await it.app.inject({ method: 'POST', url: '/api/logs/batch', headers, payload: drafts }),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 400, 202]);
  expect(answers.at(-1)?.rawPayload.length).toBeGreaterThan(1024);
  for (const answer of answers) expect(answer.headers).not.toHaveProperty('content-encoding');
  for (const answer of answers.slice(2)) expect(answer.headers['vary'] ?? '').not.toContain('Encoding');
});

test('a response to the page of another site is not compressed', async () => {
  const it = await filled({ apiKeys: [rootKey] });
  for (const [site, encoding] of [
    ['cross-site', undefined],
    ['same-origin', 'gzip'],
    ['none', 'gzip'],
  ]) {
    const headers = { ...asRoot(), ...gzip, 'sec-fetch-site': site ?? '' };
    const { statusCode, headers: answered } = await it.app.inject({ url: '/api/logs', headers });
    expect([site, statusCode, answered['content-encoding']]).toEqual([site, 200, encoding]);
  }
});

test('a large problem is compressed too', async () => {
  const { app } = await service();
  const query = Array.from({ length: 40 }, (_, index) => `unknown-${index}=1`).join('&');
  const answer = await app.inject({ url: `/api/logs?${query}`, headers: gzip });
  expect([answer.statusCode, answer.headers['content-type'], answer.headers['content-encoding']]).toEqual([
    400,
    'application/problem+json',
    'gzip',
  ]);
  expect(JSON.parse(gunzipSync(answer.rawPayload).toString())).toMatchObject({ status: 400 });
});

test('a limit of bytes counts the bytes before compression', async () => {
  const it = await filled({ apiKeys: [rootKey] });
  const { secret } = await makeKey(it, {
    scopes: ['read'],
    project: 'default',
    limits: { answerBytesPerSecond: 2000 },
  });
  const headers = { 'x-api-key': secret };
  const url = readings['GET /api/logs']?.url.replace(/\?.*/, '') ?? '';
  const left = async (more: object): Promise<string> =>
    /r=(\d+)/.exec(
      String((await it.app.inject({ url, headers: { ...headers, ...more } })).headers['ratelimit']),
    )?.[1] ?? '';
  const [first, second] = [await left({}), await left(gzip)];
  expect(10_000 - Number(first)).toBeGreaterThan(1024);
  expect(Number(first) - Number(second)).toBe(10_000 - Number(first));
});
