import { expect, test } from 'vitest';
import { Deployment, until } from '../deployment/deployment.ts';
import { apiKey, kindsOfService } from '../deployment/kinds-of-service.ts';

interface Made {
  readonly id: string;
  readonly secret: string;
}

/** Sends requests with one API key. */
class Caller {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  async send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        prefer: 'wait=30',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  status = async (method: string, path: string, body?: object): Promise<number> =>
    (await this.send(method, path, body)).status;
  log = (id: string) => this.status('POST', '/api/logs', { id, userId: 'ann', type: 'LOGIN' });

  async make(fields: object): Promise<Made> {
    const response = await this.send('POST', '/api/keys', { name: 'a key', ...fields });
    if (response.status !== 201) throw new Error(await response.text());
    return (await response.json()) as Made;
  }

  async ids(): Promise<readonly string[]> {
    const page = (await (await this.send('GET', '/api/logs')).json()) as { data: { id: string }[] };
    return page.data.map(({ id }) => id).toSorted();
  }
}

test.each(kindsOfService)(
  '%s: a key works only in its own project, and is kept when the processes are killed',
  async (_, started) => {
    const service = await started();
    const root = new Caller(service.url, apiKey);
    const shopKey = await root.make({ project: 'shop', scopes: ['write', 'read'] });
    const forumKey = await root.make({ project: 'forum', scopes: ['write', 'read'] });
    const [shop, forum] = [shopKey, forumKey].map(({ secret }) => new Caller(service.url, secret)) as [
      Caller,
      Caller,
    ];
    expect([await shop.log('a'), await forum.log('b')]).toEqual([201, 201]);
    expect([await shop.ids(), await forum.ids()]).toEqual([['a'], ['b']]);
    const rotated = await root.send('POST', `/api/keys/${forumKey.id}/rotate`, { overlapSeconds: 0 });
    expect(rotated.status).toBe(200);
    expect(await root.status('DELETE', `/api/keys/${shopKey.id}`)).toBe(204);
    await service.kill();
    await service.restart();
    const { secret } = (await rotated.json()) as Made;
    expect([await shop.log('c'), await forum.log('d')]).toEqual([401, 401]);
    expect(await new Caller(service.url, secret).log('e')).toBe(201);
  },
);

test('a second API learns of a new, a rotated and a revoked key by itself', async () => {
  const deployment = new Deployment();
  const apis = [1, 2].map(() => deployment.start('api', { API_KEYS: apiKey }));
  const [first = '', second = ''] = await Promise.all(apis.map((api) => api.ready()));
  const root = new Caller(first, apiKey);
  const { id, secret } = await root.make({ project: 'shop', scopes: ['read'] });
  const onSecond = new Caller(second, secret);
  await until(async () => (await onSecond.status('GET', '/api/logs')) === 200);
  const rotated = (await (
    await root.send('POST', `/api/keys/${id}/rotate`, { overlapSeconds: 0 })
  ).json()) as Made;
  await until(async () => (await onSecond.status('GET', '/api/logs')) === 401);
  const latest = new Caller(second, rotated.secret);
  expect(await latest.status('GET', '/api/logs')).toBe(200);
  expect(await root.status('DELETE', `/api/keys/${id}`)).toBe(204);
  await until(async () => (await latest.status('GET', '/api/logs')) === 401);
  expect(await (await latest.send('GET', '/api/logs')).json()).toMatchObject({
    detail: 'This API key was revoked.',
  });
});

const batch = Array.from({ length: 1000 }, () => ({ userId: 'ann', type: 'LOGIN' }));

test.each(kindsOfService)(
  '%s: requests beyond the limits of a key or its project are refused, until the limits change',
  async (_, started) => {
    const service = await started();
    const root = new Caller(service.url, apiKey);
    const limit = (limits: object | null) => root.status('PUT', '/api/projects/shop', { limits });
    const scopes = ['write', 'read'];
    const limited = await root.make({ project: 'shop', scopes, limits: { itemsPerSecond: 1 } });
    const other = await root.make({ project: 'shop', scopes });
    const [first, second] = [new Caller(service.url, limited.secret), new Caller(service.url, other.secret)];
    expect(await first.status('POST', '/api/logs/batch', batch)).toBe(202);
    const refused = await first.send('POST', '/api/logs', { id: 'a', userId: 'ann', type: 'LOGIN' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(500);
    expect(refused.headers.get('ratelimit-policy')).toBe('"key-itemsPerSecond";q=5;qu="items";w=5');
    expect(await second.log('b')).toBe(201);
    expect(await limit({ itemsPerSecond: 1, answerBytesPerSecond: 1 })).toBe(200);
    expect(await second.status('POST', '/api/logs/batch', batch)).toBe(202);
    expect([await second.log('c'), await first.log('c')]).toEqual([429, 429]);
    expect([await second.status('GET', '/api/logs'), await second.status('GET', '/api/logs')]).toEqual([
      200, 429,
    ]);
    // A new limit keeps the debt of the old one. Without a limit, there is no debt.
    expect([await limit({ itemsPerSecond: 2 }), await second.log('c')]).toEqual([200, 429]);
    expect([await limit(null), await second.log('c')]).toEqual([200, 201]);
    expect((await second.send('GET', '/api/logs')).headers.get('ratelimit')).toBeNull();
    expect(await first.log('d')).toBe(429);
  },
);

test('a second API learns of the limits of a key and a project by itself, and counts its own requests only', async () => {
  const deployment = new Deployment();
  const apis = [1, 2].map(() => deployment.start('api', { API_KEYS: apiKey }));
  const [first = '', second = ''] = await Promise.all(apis.map((api) => api.ready()));
  const root = new Caller(first, apiKey);
  const limits = { itemsPerSecond: 1 };
  const { secret } = await root.make({ project: 'shop', scopes: ['write'], limits });
  expect(await root.status('PUT', '/api/projects/shop', { limits })).toBe(200);
  const [onFirst, onSecond] = [new Caller(first, secret), new Caller(second, secret)];
  const policies = async () =>
    (await onSecond.send('POST', '/api/logs', {})).headers.get('ratelimit-policy')?.split(', ').length;
  await until(async () => (await policies()) === 2);
  expect(await onFirst.status('POST', '/api/logs/batch', batch)).toBe(202);
  expect(await onFirst.status('POST', '/api/logs/batch', batch)).toBe(429);
  // Earlier requests may have emptied the token bucket, which fills again.
  await until(async () => (await onSecond.status('POST', '/api/logs/batch', batch)) === 202);
  expect(await onSecond.status('POST', '/api/logs/batch', batch)).toBe(429);
});
