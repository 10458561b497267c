import { writeTopic } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { describe, expect, test } from 'vitest';
import { Deployment, until } from '../deployment/deployment.ts';
import { apiKey, kindsOfService } from '../deployment/kinds-of-service.ts';

interface DeadLetter {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
  readonly diedAt: string;
}

/** Sends requests that name a project, or none if the project is undefined. */
class ProjectClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, project: string | undefined) {
    this.#url = url;
    this.#headers = { 'x-api-key': apiKey, ...(project === undefined ? {} : { 'x-project': project }) };
  }

  async get(path: string): Promise<readonly [status: number, body: unknown]> {
    const response = await fetch(`${this.#url}${path}`, { headers: this.#headers });
    return [response.status, await response.json()];
  }

  async post(path: string, body: object): Promise<readonly [status: number, body: unknown]> {
    const response = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: { ...this.#headers, 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  }

  async list<Item>(path: string): Promise<readonly Item[]> {
    const [status, page] = await this.get(path);
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${JSON.stringify(page)}`);
    return (page as { data: Item[] }).data;
  }

  /** Waits until there are this many dead letters, all of which died after `earlier`. Returns them. */
  async deadLetters(count: number, earlier: readonly DeadLetter[] = []): Promise<readonly DeadLetter[]> {
    const times = new Set(earlier.map(({ diedAt }) => diedAt));
    let letters: readonly DeadLetter[] = [];
    await until(async () => {
      letters = await this.list('/api/dead-letters?order=asc');
      return letters.length === count && letters.every(({ diedAt }) => !times.has(diedAt));
    });
    return letters;
  }
}

const replay = '/api/dead-letters/replay';

describe.each(kindsOfService)('%s', (_, started) => {
  test('stores the same id in two projects, and shows neither activity nor dead letter to the other', async () => {
    const { url } = await started();
    const [unnamed, byDefault, shop, empty, system] = [undefined, 'default', 'shop', 'shop-2', '_system'].map(
      (project) => new ProjectClient(url, project),
    ) as [ProjectClient, ProjectClient, ProjectClient, ProjectClient, ProjectClient];
    const fact = { id: 'a', userId: 'user-1', type: 'LOGIN' };
    expect(await unnamed.post('/api/logs', fact)).toMatchObject([201, { id: 'a' }]);
    expect(await shop.post('/api/logs', { ...fact, type: 'LOGOUT' })).toMatchObject([201, { id: 'a' }]);
    for (const client of [unnamed, byDefault]) {
      expect(await client.get('/api/logs/a')).toMatchObject([200, { id: 'a', type: 'LOGIN' }]);
      expect(await client.list('/api/logs?userId=user-1')).toMatchObject([{ id: 'a', type: 'LOGIN' }]);
    }
    expect(await shop.get('/api/logs/a')).toMatchObject([200, { id: 'a', type: 'LOGOUT' }]);
    expect(await shop.list('/api/logs?userId=user-1')).toMatchObject([{ id: 'a', type: 'LOGOUT' }]);
    expect((await empty.get('/api/logs/a'))[0]).toBe(404);
    expect(await empty.list('/api/logs')).toEqual([]);
    for (const client of [unnamed, shop])
      expect(await client.get('/api/logs/count')).toMatchObject([200, { count: 1 }]);
    expect(await empty.get('/api/logs/count')).toMatchObject([200, { count: 0 }]);

    // This activity is a conflict in one project only.
    await shop.post('/api/logs', { ...fact, type: 'OTHER' });
    const letters = await shop.deadLetters(1);
    expect(letters).toMatchObject([{ code: 'conflict' }]);
    for (const client of [unnamed, empty, system]) expect(await client.list('/api/dead-letters')).toEqual([]);
    const ids = letters.map(({ id }) => id);
    for (const client of [unnamed, empty, system])
      for (const body of [{ ids }, { all: true }])
        expect(await client.post(replay, body)).toEqual([202, { replayed: 0 }]);
    expect(await shop.list('/api/dead-letters')).toEqual(letters);
    expect(await shop.post(replay, { ids })).toEqual([202, { replayed: 1 }]);
    const again = await shop.deadLetters(1, letters);
    expect(again.map(({ id }) => id)).toEqual(ids);
    expect(await unnamed.list('/api/dead-letters')).toEqual([]);
  });

  test('answers 400 to a write in a project whose name breaks a rule, and stores nothing', async () => {
    const { url } = await started();
    for (const name of ['Shop', '', 'x'.repeat(65), '-a', '_x', '_system', 'a b']) {
      const [status] = await new ProjectClient(url, name).post('/api/logs', { userId: '1', type: 'LOGIN' });
      expect([name, status]).toEqual([name, 400]);
    }
    for (const name of [undefined, '_system'])
      expect(await new ProjectClient(url, name).list('/api/logs')).toEqual([]);
  });
});

test('records with an invalid ce_project are dead letters of _system only, however often they are replayed', async () => {
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api', { API_KEYS: apiKey }), deployment.start('consumer')];
  const [url] = await Promise.all([api.ready(), consumer.ready()]);
  const [byDefault, shop, system] = ['default', 'shop', '_system'].map(
    (project) => new ProjectClient(url, project),
  ) as [ProjectClient, ProjectClient, ProjectClient];
  const time = '2026-01-02T03:04:05.678Z';
  const activity = { userId: 'u', type: 'T', metadata: {}, createdAt: time, receivedAt: time };
  const recordOf = (id: string, names: string | readonly string[], project?: string) => ({
    key: 'u',
    value: JSON.stringify({ project, id, ...activity }),
    headers: {
      ce_type: 'user-activity.logged.v1',
      ce_project: typeof names === 'string' ? names : [...names],
    },
  });
  const invalid = ['Shop', '', 'x'.repeat(65), '-a', '_x', '_system', ['shop', 'shop']];
  await writeTopic(kafkaBrokers(), deployment.topic, [
    ...invalid.map((names, index) => recordOf(`invalid-${index}`, names, 'shop')),
    recordOf('other', 'shop', 'other'),
    recordOf('no-member', 'shop'),
    recordOf('readable', 'shop', 'shop'),
    { ...recordOf('x', 'shop', 'shop'), value: 'no JSON' },
  ]);
  const count = invalid.length + 2;
  const letters = await system.deadLetters(count);
  expect(new Set(letters.map(({ code, reason }) => `${code}: ${reason}`))).toEqual(
    new Set([
      'unreadable: the header ce_project is not the name of a project',
      'unreadable: the value and the headers name different projects',
    ]),
  );
  // Records with a valid header belong to its project.
  const ofShop = await shop.deadLetters(1);
  expect(ofShop).toMatchObject([{ code: 'unreadable', reason: 'the value is not JSON' }]);
  expect(await shop.list('/api/logs')).toMatchObject([{ id: 'readable' }]);
  expect(await byDefault.list('/api/dead-letters')).toEqual([]);

  expect(await byDefault.post(replay, { all: true })).toEqual([202, { replayed: 0 }]);
  const ids = letters.map(({ id }) => id);
  expect(await byDefault.post(replay, { ids })).toEqual([202, { replayed: 0 }]);
  expect(await system.post(replay, { all: true })).toEqual([202, { replayed: count }]);
  const again = await system.deadLetters(count, letters);
  expect(again.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(await shop.list('/api/dead-letters')).toEqual(ofShop);
  expect(await byDefault.list('/api/logs')).toEqual([]);
  // The replays are audit events of _system.
  const inSystem = await system.list<{ readonly type: string }>('/api/logs');
  expect(inSystem.filter(({ type }) => type !== 'DEAD_LETTERS_REPLAYED')).toEqual([]);
});
