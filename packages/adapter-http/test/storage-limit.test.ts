import { expect, test } from 'vitest';
import { post, seen, type Service, service } from './service.ts';

const draft = { userId: 'ann', type: 'LOGIN', metadata: { text: 'x'.repeat(1000) } };
const call = { userId: 'ann', event: 'login', properties: draft.metadata };
const event = {
  specversion: '1.0',
  id: 'e',
  source: '/s',
  type: 'LOGIN',
  subject: 'ann',
  data: draft.metadata,
};
const shop = { 'x-project': 'shop' };

/** Every way to log, as a path, a body and headers. */
const ways: [path: string, body: unknown, headers: Record<string, string>][] = [
  ['/api/logs', draft, {}],
  ['/api/logs', draft, { prefer: 'wait=1' }],
  ['/api/logs/batch', [draft, { broken: true }], {}],
  ['/api/logs/batch?atomic=true', [draft], {}],
  ['/api/events', event, { 'content-type': 'application/cloudevents+json' }],
  ['/api/events', [event], { 'content-type': 'application/cloudevents-batch+json' }],
  ['/v1/track', call, {}],
  ['/v1/batch', { batch: [{ ...call, type: 'track' }] }, {}],
];

const putLimit = async ({ app }: Service, storedBytes: number | null) =>
  expect(
    (await app.inject({ method: 'PUT', url: '/api/projects/shop', payload: { limits: { storedBytes } } }))
      .statusCode,
  ).toBe(200);

test.each(ways)(
  '%s of a full project gets a 429 that names the limit, and nothing is logged',
  async (path, body, headers) => {
    const it = await service();
    await putLimit(it, 1000);
    const response = await post(it.app, path, body, { ...shop, ...headers });
    expect(response.headers).toMatchObject({
      'retry-after': '60',
      'content-type': 'application/problem+json',
    });
    expect(seen(response)).toMatchObject({
      status: 429,
      body: {
        title: 'Too Many Requests',
        detail:
          'The project shop has reached its limit storedBytes: its activities may take 1000 bytes in the store. Nothing was logged. Send the request again after older activities have expired, or after an operator has raised the limit.',
      },
    });
    expect(it.logged()).toEqual([]);
    expect((await post(it.app, path, body, headers)).statusCode).toBeLessThan(300);
    await putLimit(it, null);
    expect((await post(it.app, path, body, { ...shop, ...headers })).statusCode).toBeLessThan(300);
  },
);

test('a project accepts activities until it is full, and reads afterwards too', async () => {
  const it = await service();
  await putLimit(it, 2000);
  expect((await post(it.app, '/api/logs', draft, shop)).statusCode).toBe(202);
  expect((await post(it.app, '/api/logs', draft, shop)).statusCode).toBe(429);
  expect((await it.app.inject({ url: '/api/logs', headers: shop })).statusCode).toBe(200);
});
