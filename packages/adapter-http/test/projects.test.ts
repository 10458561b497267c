import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryDeadLetterQueue } from '@user-activity/adapter-memory';
import { ProjectId, Timestamp, type UserActivity } from '@user-activity/domain';
import { letterOf, sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { loggings, others, readings, routesOfProjects, type Sent, streams } from './routes-of-projects.ts';
import { logId, post, type Service, seen, service } from './service.ts';

const [shop, forum] = [ProjectId.parse('shop'), ProjectId.parse('forum')];

const ask = ({ app }: Service, { headers, ...sent }: Sent, project?: string) =>
  app.inject({ ...sent, headers: { ...headers, ...(project !== undefined && { 'x-project': project }) } });

const get = (it: Service, url: string, project?: string) => ask(it, { method: 'GET', url }, project);

const activities = ({ logged }: Service): readonly UserActivity[] =>
  logged().flatMap(({ content }) => (content.name === 'ActivityLogged' ? [content.activity] : []));

/** A service with an activity and two dead letters of each project. One of the letters is a call that the API refused. */
async function filled(...projects: readonly ProjectId[]): Promise<Service> {
  const it = await service();
  await it.repository.save(
    projects.map((project) => sampleActivity({ project, id: 'a', userId: 'ann' })),
    projects.map((project) => ({ log: logId, partition: 0, offset: all.indexOf(project) })),
  );
  await new MemoryDeadLetterQueue(it.store).add(projects.map((project) => letterIn(project)));
  for (const project of projects) await post(it.app, '/v1/track', { event: 'E' }, { 'x-project': project });
  return it;
}

const all = [ProjectId.default, shop, forum];

/** A dead letter from the log that is older than the time of the service. Each project has its own partition. */
const letterIn = (project: ProjectId, offset = 1) =>
  letterOf(offset, {
    project,
    origin: { topic: 'user-activity', partition: all.indexOf(project), offset },
    diedAt: Timestamp.fromMillis(offset),
  });

test('the tables have every route below /api and /v1', async () => {
  const tables = [readings, streams, loggings, others].flatMap((table) => Object.keys(table));
  expect((await routesOfProjects()).toSorted()).toEqual(tables.toSorted());
});

test.each(Object.entries(readings))('%s shows nothing of another project', async (_, sent) => {
  const nothing = seen(await ask(await service(), sent));
  const it = await filled(shop);
  for (const project of [undefined, 'default', 'forum', 'shop-2', '_system'])
    expect([project, seen(await ask(it, sent, project))]).toEqual([project, nothing]);
  expect([it.logged(), it.store.letters.size]).toEqual([[], 2]);
  expect(seen(await ask(it, sent, 'shop'))).not.toEqual(nothing);
});

test.each(Object.entries(readings))('%s shows its own project as if it were alone', async (_, sent) => {
  const it = await filled(...all);
  for (const [name, project] of [
    [undefined, ProjectId.default],
    ['forum', forum],
  ] as const)
    expect([name, seen(await ask(it, sent, name))]).toEqual([
      name,
      seen(await ask(await filled(project), sent, name)),
    ]);
});

test.each(Object.entries(loggings))('%s logs into the project of the request', async (_, sent) => {
  const it = await service();
  const answers = [];
  for (const project of ['shop', undefined, 'forum', 'default']) answers.push(await ask(it, sent, project));
  expect(activities(it).map(({ project }) => project)).toEqual(['shop', 'default', 'forum', 'default']);
  const [first] = answers;
  for (const { statusCode, headers, body } of answers)
    expect([statusCode, headers.location, body]).toEqual([
      first?.statusCode,
      first?.headers.location,
      first?.body,
    ]);
});

describe('an id', () => {
  const example = { id: 'a/b', userId: 'ann', type: 'LOGIN' };
  const log = ({ app }: Service, project: string, fields: object = {}, headers = {}) =>
    post(app, '/api/logs', { ...example, ...fields }, { 'x-project': project, ...headers });

  test('is stored once in each project, and Idempotency-Key and Prefer: wait work in each', async () => {
    const it = await service();
    const { id: key, ...draft } = example;
    for (const [index, project] of [shop, forum].entries()) {
      const headers = { 'x-project': project, 'idempotency-key': key, prefer: 'wait=30' };
      const answer = post(it.app, '/api/logs', { ...draft, type: `in ${project}` }, headers);
      while (activities(it).length <= index) await nextTurn();
      await it.repository.save(activities(it).slice(index));
      expect(seen(await answer)).toEqual({ status: 201, body: { id: key, status: 'stored' } });
      expect((await answer).headers.location).toBe('/api/logs/a%2Fb');
    }
    expect(it.store.activities.size).toBe(2);
    for (const [project, type] of [
      [shop, 'IN_SHOP'],
      [forum, 'IN_FORUM'],
    ] as const) {
      expect((await get(it, '/api/logs/a%2Fb', project)).json()).toMatchObject({ id: key, type });
      expect((await get(it, '/api/logs/count', project)).json()).toEqual({ count: 1 });
    }
    expect((await get(it, '/api/logs/a%2Fb')).statusCode).toBe(404);
  });

  test('is a duplicate or a conflict only within its project', async () => {
    const it = await service();
    await it.repository.save([
      sampleActivity({ ...example, project: shop, receivedAt: '2020-01-01T00:00:00Z' }),
    ]);
    const wait = { prefer: 'wait=30' };
    expect(seen(await log(it, 'shop', {}, wait))).toMatchObject({ status: 200 });
    expect(seen(await log(it, 'shop', { type: 'LOGOUT' }, wait))).toMatchObject({ status: 409 });
    expect(seen(await log(it, 'forum', {}, { prefer: 'wait=0' }))).toMatchObject({ status: 202 });
  });

  test('has a status in each project', async () => {
    const it = await service();
    await it.repository.save([sampleActivity({ project: shop, id: 'a' })]);
    await post(it.app, '/v1/track', { messageId: 'a', event: 'E' }, { 'x-project': 'forum' });
    const statuses = [];
    for (const project of ['shop', 'forum', undefined, '_system'])
      statuses.push((await get(it, '/api/logs/a/status', project)).json());
    expect(statuses).toEqual([
      { id: 'a', status: 'stored' },
      { id: 'a', status: 'dead_lettered' },
      { id: 'a', status: 'unknown' },
      { id: 'a', status: 'unknown' },
    ]);
  });
});

describe('a cursor', () => {
  interface Page {
    readonly data: readonly { readonly id: string }[];
    readonly pagination: { readonly nextCursor: string };
  }

  test.each(['/api/logs', '/api/dead-letters'])('of %s belongs to its project', async (path) => {
    const it = await service();
    await it.repository.save(all.flatMap((project) => sampleActivities(2, { project })));
    const letters = all.flatMap((project) => [1, 2].map((offset) => letterIn(project, offset)));
    await new MemoryDeadLetterQueue(it.store).add(letters);
    const url = `${path}?limit=1`;
    for (const project of all) {
      const first = await get(it, url, project);
      const { data, pagination } = first.json<Page>();
      const next = `${url}&cursor=${pagination.nextCursor}`;
      expect(first.headers.link).toBe(`<${next}>; rel="next"`);
      const second = (await get(it, next, project)).json<Page>();
      expect(second.data).toHaveLength(1);
      expect(second.data).not.toEqual(data);
      for (const another of all.filter((name) => name !== project))
        expect(seen(await get(it, next, another))).toMatchObject({
          status: 400,
          body: {
            errors: [
              {
                path: '/cursor',
                message:
                  'belongs to another filter, order or project: repeat the query and the X-Project of the previous page, or leave the cursor out',
              },
            ],
          },
        });
    }
  });
});

describe('dead letters', () => {
  test('of one project are replayed, and ids of others are ignored like unknown ids', async () => {
    const it = await filled(shop, forum);
    const replay = (project: string, body: object) =>
      post(it.app, '/api/dead-letters/replay', body, { 'x-project': project });
    const ids = ['user-activity:1:1', 'user-activity:2:1', 'user-activity:7:7'];
    expect((await replay('shop', { ids: ids.slice(1) })).json()).toEqual({ replayed: 0 });
    expect(it.logged()).toHaveLength(0);
    expect((await replay('shop', { ids })).json()).toEqual({ replayed: 1 });
    expect((await replay('shop', { all: true })).json()).toEqual({ replayed: 0 });
    expect(it.logged()).toHaveLength(1);
    expect((await replay('forum', { all: true })).json()).toEqual({ replayed: 1 });
  });

  test('of the service itself are listed and replayed in _system', async () => {
    const it = await service();
    await new MemoryDeadLetterQueue(it.store).add([letterOf(1, { project: ProjectId.system })]);
    const list = async () => (await get(it, '/api/dead-letters', '_system')).json<{ data: unknown[] }>().data;
    expect(await list()).toMatchObject([{ id: 'user-activity:0:1' }]);
    const body = { ids: ['user-activity:0:1'] };
    const replay = post(it.app, '/api/dead-letters/replay', body, { 'x-project': '_system' });
    expect((await replay).json()).toEqual({ replayed: 1 });
    expect(await list()).toEqual([]);
  });

  test.each([
    ['a call without a user', '/v1/track', { messageId: 'm', event: 'E' }],
    ['an item that is no object', '/v1/batch', { batch: ['no call'] }],
    ['an item too large to parse', '/v1/batch', { batch: [{ event: 'x'.repeat(1_100_000) }] }],
  ])('of equal calls to %s are one letter in each project', async (_, url, body) => {
    const it = await service({ maxBodyBytes: 10_000_000 });
    for (const project of ['shop', 'forum', 'shop', 'default', 'forum'])
      await post(it.app, url, body, { 'x-project': project });
    await post(it.app, url, body);
    const letters = [...it.store.letters.values()];
    expect(letters.map(({ project }) => project)).toEqual(['shop', 'forum', 'default']);
    const origins = letters.map(({ origin: { partition, offset } }) => `${partition}:${offset}`);
    expect(new Set(origins).size).toBe(3);
    // The letters differ only in their origins.
    const records = letters.map(({ key, value, headers }) => JSON.stringify({ key, value, headers }));
    expect(new Set(records).size).toBe(1);
  });
});
