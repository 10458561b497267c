import { describe, test } from 'vitest';
import { Deployment, until } from '../deployment/deployment.ts';
import { apiKey, kindsOfService } from '../deployment/kinds-of-service.ts';

interface Listed {
  readonly id: string;
  readonly retentionDays: number | null;
  readonly effectiveRetentionDays: number | null;
  readonly erasing: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;
const agedBy = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();

/** Sends requests about one project. */
class ProjectClient {
  readonly #url: string;
  readonly #project: string;

  constructor(url: string, project: string) {
    this.#url = url;
    this.#project = project;
  }

  async send(method: string, path: string, body?: object): Promise<readonly [status: number, body: unknown]> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        'x-api-key': apiKey,
        'x-project': this.#project,
        prefer: 'wait=30',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return [response.status, await response.json()];
  }

  log = (id: string, fields: object = {}) =>
    this.send('POST', '/api/logs', { id, userId: 'ann', type: 'LOGIN', ...fields });
  put = (retentionDays: number | null) =>
    this.send('PUT', `/api/projects/${this.#project}`, { retentionDays });
  erase = () => this.send('DELETE', `/api/projects/${this.#project}`);

  async ids(path = '/api/logs'): Promise<readonly string[]> {
    const [, page] = await this.send('GET', path);
    return (page as { data: { id: string }[] }).data.map(({ id }) => id).toSorted();
  }

  async listed(): Promise<Listed | undefined> {
    const [, page] = await this.send('GET', '/api/projects?limit=500');
    return (page as { projects: Listed[] }).projects.find(({ id }) => id === this.#project);
  }
}

// Most of these tests wait for the next sweep, so they wait together.
describe.concurrent.each(kindsOfService)('%s', (_, started) => {
  test('refuses and removes activities older than the retention of their project, and no others', async ({
    expect,
    onTestFinished,
  }) => {
    const { url } = await started({ onFinished: onTestFinished });
    const [shop, forum] = [new ProjectClient(url, 'shop'), new ProjectClient(url, 'forum')];
    for (const client of [shop, forum]) {
      expect((await client.log('old', { createdAt: agedBy(8) }))[0]).toBe(201);
      expect((await client.log('young', { createdAt: agedBy(6) }))[0]).toBe(201);
    }
    expect(await shop.put(7)).toEqual([
      200,
      { id: 'shop', retentionDays: 7, effectiveRetentionDays: 7, limits: {}, erasing: false },
    ]);
    expect(await shop.log('too-old', { createdAt: agedBy(8) })).toMatchObject([
      422,
      {
        errors: [
          { path: '/createdAt', message: 'must not be older than 7 days, the retention of this project' },
        ],
      },
    ]);
    // The second round of the process begins 30 s after its first.
    await until(async () => (await shop.ids()).length === 1);
    expect(await shop.ids()).toEqual(['young']);
    expect(await forum.ids()).toEqual(['old', 'young']);
    await shop.put(null);
    expect((await shop.log('old-again', { createdAt: agedBy(8) }))[0]).toBe(201);
  });

  test('erases a project with its dead letters under load, and keeps activities received later', async ({
    expect,
    onTestFinished,
  }) => {
    const { url } = await started({ onFinished: onTestFinished });
    const [shop, forum] = [new ProjectClient(url, 'to-erase'), new ProjectClient(url, 'to-keep')];
    for (const client of [shop, forum]) {
      await client.log('a');
      await client.log('a', { type: 'OTHER' });
      // The dead letter is added a moment after the outcome is known.
      await until(async () => (await client.ids('/api/dead-letters')).length === 1);
    }
    await shop.put(30);
    const requests = Array.from({ length: 50 }, (_each, index) => shop.log(`load-${index}`));
    expect(await shop.erase()).toMatchObject([202, { erasing: true, retentionDays: null }]);
    expect((await shop.erase())[0]).toBe(202);
    await Promise.all(requests);
    expect((await shop.log('later'))[0]).toBe(201);
    await until(async () => (await shop.listed())?.erasing === false);
    expect(await shop.listed()).toMatchObject({ retentionDays: null });
    expect(await shop.ids()).toContain('later');
    expect(await shop.ids()).not.toContain('a');
    expect(await shop.ids('/api/dead-letters')).toEqual([]);
    expect(await forum.ids()).toEqual(['a']);
    expect(await forum.ids('/api/dead-letters')).toHaveLength(1);
  });

  test('keeps activities that are logged with the ids of erased ones before these are removed', async ({
    expect,
    onTestFinished,
  }) => {
    const { url } = await started({ onFinished: onTestFinished });
    const shop = new ProjectClient(url, 'again');
    const ids = Array.from({ length: 20 }, (_each, index) => `a-${index}`);
    for (const id of ids) await shop.log(id);
    expect((await shop.erase())[0]).toBe(202);
    const outcomes = await Promise.all(
      ids.map((id, index) => shop.log(id, index % 2 ? { type: 'OTHER' } : {})),
    );
    expect(new Set(outcomes.map(([status]) => status))).toEqual(new Set([201]));
    await until(async () => (await shop.listed())?.erasing === false);
    expect(await shop.ids()).toEqual(ids.toSorted());
    expect(await shop.ids('/api/dead-letters')).toEqual([]);
  });

  test('continues an erasure after its processes are killed in the middle', async ({
    expect,
    onTestFinished,
  }) => {
    const service = await started({ onFinished: onTestFinished });
    const shop = new ProjectClient(service.url, 'shop');
    const count = async (): Promise<number> => {
      const [, body] = await shop.send('GET', '/api/logs/count');
      return (body as { count: number }).count;
    };
    const total = 6000;
    for (let from = 0; from < total; from += 2000) {
      const batch = Array.from({ length: 2000 }, (_each, index) => ({
        id: `a-${from + index}`,
        userId: 'ann',
        type: 'LOGIN',
      }));
      expect((await shop.send('POST', '/api/logs/batch', batch))[0]).toBe(202);
    }
    await until(async () => (await count()) === total);
    expect((await shop.erase())[0]).toBe(202);
    await until(async () => (await count()) < total);
    await service.kill();
    await service.restart();
    await until(async () => (await shop.listed()) === undefined);
    expect(await count()).toBe(0);
  });
});

test.concurrent('activities that wait on the log when their project is erased are not stored, and a second API knows the retention', async ({
  expect,
  onTestFinished,
}) => {
  const deployment = new Deployment({ onFinished: onTestFinished });
  const apis = [1, 2].map(() => deployment.start('api', { API_KEYS: apiKey, RETENTION_DAYS: '30' }));
  const [first = '', second = ''] = await Promise.all(apis.map((api) => api.ready()));
  const [shop, ofSecond] = [new ProjectClient(first, 'shop'), new ProjectClient(second, 'shop')];
  const headers = { 'x-api-key': apiKey, 'x-project': 'shop', 'content-type': 'application/json' };
  const batch = Array.from({ length: 100 }, (_, index) => ({
    id: `a-${index}`,
    userId: 'ann',
    type: 'LOGIN',
  }));
  const logged = await fetch(`${first}/api/logs/batch`, {
    method: 'POST',
    headers,
    body: JSON.stringify(batch),
  });
  expect(logged.status).toBe(202);
  expect((await shop.erase())[0]).toBe(202);
  expect(await shop.put(31)).toMatchObject([422, { errors: [{ path: '/retentionDays' }] }]);
  expect((await shop.put(7))[0]).toBe(200);
  await until(async () => (await ofSecond.log('x', { createdAt: agedBy(8) }))[0] === 422);
  // The erasure ends although its activities still wait on the log.
  await until(async () => (await shop.listed())?.erasing === false);
  const consumer = deployment.start('consumer');
  await consumer.ready();
  expect((await shop.log('later'))[0]).toBe(201);
  expect((await shop.ids()).filter((id) => id.startsWith('a-'))).toEqual([]);
}, 120_000);
