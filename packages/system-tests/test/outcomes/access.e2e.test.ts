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
  '%s: a key works in its project alone, and is kept when the processes are killed',
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
