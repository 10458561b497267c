import { expect, test } from 'vitest';
import { MemoryMetrics } from '@user-activity/adapter-memory';
import { refusal, seen, service } from './service.ts';

test.each([
  '/api/logs',
  '/api/logs/count',
  '/api/logs/a/status',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/openapi.json',
  '/docs',
])('one slash at the end of %s is ignored, but two are not', async (url) => {
  const { app } = await service();
  for (const path of [url, `${url}/`, `${url}/?`]) expect((await app.inject(path)).statusCode).toBe(200);
  for (const path of [`${url}//`, `/${url}`, url.replace(/(.)\//, '$1//')].filter((one) => one !== url))
    expect([path, (await app.inject(path)).statusCode]).toEqual([path, 404]);
});

test('a path with an empty id is 404, and wrong methods of the documentation are 405', async () => {
  const { app } = await service();
  for (const url of ['/api/logs//', '/api/logs//status'])
    expect(seen(await app.inject(url))).toMatchObject(refusal(404, /^There is nothing at this path\./));
  for (const url of ['/docs', '/docs/', '/docs/json', '/docs/static/index.html'])
    for (const method of ['OPTIONS', 'POST'] as const) {
      const response = await app.inject({ method, url });
      expect([url, response.statusCode, response.headers.allow]).toEqual([url, 405, 'GET, HEAD']);
    }
  expect((await app.inject('/docs/static/swagger-ui.css')).statusCode).toBe(200);
});

test('a slash at the end is also ignored for other methods, keys, foreign pages and metrics', async () => {
  const metrics = new MemoryMetrics();
  const { app } = await service();
  const wrong = await app.inject({ method: 'DELETE', url: '/api/logs/' });
  expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  expect((await app.inject({ method: 'POST', url: '/api/logs//' })).statusCode).toBe(404);
  const headers = { origin: 'https://evil.example' };
  expect((await app.inject({ url: '/api/logs/', headers })).statusCode).toBe(403);
  expect((await app.inject({ url: '/health/live/', headers })).statusCode).toBe(200);
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  expect((await app.inject({ url: '/docs/', headers: link })).statusCode).toBe(200);
  const requests = await metrics.read('http.server.request.duration');
  await metrics.stop();
  expect(new Set(requests.map(({ attributes }) => attributes['http.route']))).toEqual(
    new Set(['/api/logs', '/api/logs/:id', '/health/live', '/docs']),
  );
  const { app: guarded } = await service({ apiKeys: ['key'] });
  expect((await guarded.inject('/api/logs/')).statusCode).toBe(401);
  expect((await guarded.inject('/health/ready/')).statusCode).toBe(200);
});
