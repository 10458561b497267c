import { ProjectId, RetentionDays, Timestamp } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { post, refusal, seen, type Service, service } from './service.ts';

const dayMs = 24 * 60 * 60 * 1000;
const shop = ProjectId.parse('shop');

const get = ({ app }: Service, query = '') => app.inject(`/api/projects${query}`);
const put = ({ app }: Service, id: string, body: unknown) =>
  app.inject({
    method: 'PUT',
    url: `/api/projects/${id}`,
    headers: { 'content-type': 'application/json' },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
const erase = ({ app }: Service, id: string) => app.inject({ method: 'DELETE', url: `/api/projects/${id}` });

const project = (id: string, days: number | null, effective: number | null, erasing = false) => ({
  id,
  retentionDays: days,
  effectiveRetentionDays: effective,
  limits: {},
  erasing,
});

describe('PUT /api/projects/{id}', () => {
  test('sets, changes and removes a retention, and lists it', async () => {
    const it = await service();
    for (const days of [30, 7, 36_500, 1]) {
      expect(seen(await put(it, 'shop', { retentionDays: days }))).toEqual({
        status: 200,
        body: project('shop', days, days),
      });
      expect(seen(await get(it))).toEqual({
        status: 200,
        body: { projects: [project('shop', days, days)], nextCursor: null },
      });
    }
    expect(seen(await put(it, 'shop', { retentionDays: null })).body).toEqual(project('shop', null, null));
    expect(seen(await get(it)).body).toEqual({ projects: [], nextCursor: null });
  });

  test('sets limits, keeps settings that the body does not have, and removes those that are null', async () => {
    const it = await service();
    const limits = { itemsPerSecond: 5, storedBytes: Number.MAX_SAFE_INTEGER };
    const bodies: readonly [change: object, days: number | null, limits: object][] = [
      [{ limits }, null, limits],
      [{ retentionDays: 7 }, 7, limits],
      [{ limits: { itemsPerSecond: null, bytesPerSecond: 9 } }, 7, { bytesPerSecond: 9 }],
      [{ limits: null }, 7, {}],
      [{ limits: { searchMsPerSecond: 1 }, retentionDays: null }, null, { searchMsPerSecond: 1 }],
      [{ limits: {} }, null, {}],
    ];
    for (const [change, days, after] of bodies)
      expect(seen(await put(it, 'shop', change)).body).toEqual({
        ...project('shop', days, days),
        limits: after,
      });
    expect(seen(await get(it)).body).toEqual({ projects: [], nextCursor: null });
  });

  const path = '/retentionDays';
  const range = 'must be a whole number from 1 to 36500, or null for the retention of the deployment';
  const limitRange = 'must be a whole number from 1 to 9007199254740991, or null for no limit';
  test.each<[unknown, readonly object[]]>([
    [{ retentionDays: 0 }, [{ path, message: range }]],
    [{ retentionDays: -1 }, [{ path, message: range }]],
    [{ retentionDays: 1.5 }, [{ path, message: range }]],
    [{ retentionDays: '30' }, [{ path, message: range }]],
    [{ retentionDays: true }, [{ path, message: range }]],
    [{ retentionDays: [7] }, [{ path, message: range }]],
    ['{"retentionDays":1e9}', [{ path, message: range }]],
    ['{"retentionDays":1e999}', [{ path, message: range }]],
    [
      {},
      [
        {
          path,
          message: 'is required if there are no `limits`: a number of days, or null to remove the retention',
        },
      ],
    ],
    [{ limits: [] }, [{ path: '/limits', message: 'must be an object, or null for no limits' }]],
    [
      { limits: { itemsPerSecond: 0, bytesPerSecond: 1.5, storedBytes: '7', itemsPerMinute: 1 } },
      [
        { path: '/limits/itemsPerSecond', message: limitRange },
        { path: '/limits/bytesPerSecond', message: limitRange },
        { path: '/limits/storedBytes', message: limitRange },
        { path: '/limits/itemsPerMinute', message: 'is not a known limit' },
      ],
    ],
    ['{"limits":{"searchMsPerSecond":1e300}}', [{ path: '/limits/searchMsPerSecond', message: limitRange }]],
    [
      { retentionDays: 7, retention: 7, erasing: true },
      [
        { path: '/retention', message: 'is not a known field' },
        { path: '/erasing', message: 'is not a known field' },
      ],
    ],
    [[], [{ path: '', message: 'must be a JSON object' }]],
    ['7', [{ path: '', message: 'must be a JSON object' }]],
  ])('refuses the body %j', async (body, errors) => {
    const it = await service();
    expect(seen(await put(it, 'shop', body))).toMatchObject({ status: 422, body: { errors } });
    expect(it.store.projectSettings.size).toBe(0);
  });

  test('refuses more days than the deployment keeps, and names the limit', async () => {
    const it = await service({ retentionDays: RetentionDays.parse(30) });
    const message = 'must be at most 30: RETENTION_DAYS of this deployment is 30';
    expect(seen(await put(it, 'shop', { retentionDays: 31 }))).toMatchObject({
      status: 422,
      body: { errors: [{ path, message }] },
    });
    expect(seen(await put(it, 'shop', { retentionDays: 30 })).body).toEqual(project('shop', 30, 30));
    expect(seen(await put(it, 'shop', { retentionDays: null })).body).toEqual(project('shop', null, 30));
  });

  test('if a deployment keeps activities for fewer days than before, this limits each project', async () => {
    const it = await service({ retentionDays: RetentionDays.parse(7) });
    it.store.projectSettings.set(shop, { retentionDays: RetentionDays.parse(30), limits: {} });
    expect(seen(await get(it)).body).toMatchObject({ projects: [project('shop', 30, 7)] });
  });

  test('refuses the retention of one project too many, but still changes those of the others', async () => {
    const it = await service();
    for (let index = 0; index < 1000; index += 1)
      it.store.projectSettings.set(ProjectId.parse(`p-${index}`), {
        retentionDays: RetentionDays.parse(1),
        limits: {},
      });
    expect(seen(await put(it, 'shop', { retentionDays: 7 }))).toMatchObject({
      status: 422,
      body: {
        errors: [
          { path: '', message: expect.stringMatching(/^can't be set: 1000 projects .* remove/) as unknown },
        ],
      },
    });
    expect((await put(it, 'p-1', { retentionDays: 7 })).statusCode).toBe(200);
  });

  test('during an outage of the store, a change is 503, and the last known retentions apply', async () => {
    const it = await service();
    await put(it, 'shop', { retentionDays: 7 });
    it.store.reachable = false;
    for (const response of [
      await put(it, 'shop', { retentionDays: 30 }),
      await erase(it, 'shop'),
      await get(it),
    ])
      expect(response.statusCode).toBe(503);
    const createdAt = Timestamp.toISO(Timestamp.trusted(it.clock.now() - 8 * dayMs));
    const draft = { userId: 'ann', type: 'LOGIN', createdAt };
    expect((await post(it.app, '/api/logs', draft, { 'x-project': 'shop' })).statusCode).toBe(422);
  });
});

describe('a name in the path', () => {
  test.each(['Shop', '_system', '-shop', 'x'.repeat(65), 'two%20words', '%ff', '__proto__'])(
    '%s is refused',
    async (name) => {
      const it = await service();
      for (const response of [await put(it, name, { retentionDays: 7 }), await erase(it, name)])
        expect(response.statusCode).toBe(400);
      expect([it.store.projectSettings.size, it.store.erasures.size]).toEqual([0, 0]);
    },
  );

  test('an empty name is 404, and other methods are refused', async () => {
    const it = await service();
    expect((await put(it, '', { retentionDays: 7 })).statusCode).toBe(405);
    expect((await it.app.inject('/api/projects/shop')).statusCode).toBe(405);
    expect(seen(await erase(it, 'shop?force=1'))).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/force' }] },
    });
  });
});

describe('GET /api/projects', () => {
  test('returns every project once, page by page', async () => {
    const it = await service();
    const ids = ['a', 'b', 'default', 'shop', 'z'];
    await it.repository.save(ids.map((id) => sampleActivity({ project: ProjectId.parse(id) })));
    const found: string[] = [];
    let query = '?limit=2';
    for (let page = 0; page < 3; page += 1) {
      const { projects, nextCursor } = (await get(it, query)).json<{
        projects: { id: string }[];
        nextCursor: string | null;
      }>();
      found.push(...projects.map(({ id }) => id));
      query = `?limit=2&cursor=${nextCursor}`;
      expect(nextCursor === null).toBe(page === 2);
    }
    expect(found).toEqual(ids);
  });

  test.each([
    ['?limit=0', /limit/],
    ['?limit=501', /limit/],
    ['?limit=2&limit=3', /limit/],
    ['?cursor=', /cursor/],
    ['?cursor=abc', /cursor/],
    [`?cursor=${'x'.repeat(10_000)}`, /cursor/],
    [`?cursor=${Buffer.from('["projects-1","Shop"]').toString('base64url')}`, /cursor/],
    ['?order=asc', /order/],
  ])('refuses %s', async (query, where) => {
    const { status, body } = seen(await get(await service(), query));
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringMatching(where)]);
  });
});

describe('DELETE /api/projects/{id}', () => {
  test.each(['shop', 'default'])('erases %s, also if sent twice, and removes its retention', async (id) => {
    const it = await service();
    await put(it, id, { retentionDays: 7 });
    for (let call = 0; call < 2; call += 1)
      expect(seen(await erase(it, id))).toEqual({ status: 202, body: project(id, null, null, true) });
    expect(seen(await get(it)).body).toMatchObject({ projects: [project(id, null, null, true)] });
    expect(it.store.erasures.get(ProjectId.parse(id))).toMatchObject({ erasedAt: it.clock.now() });
  });

  test('accepts a project that does not exist, and a JSON body without content', async () => {
    const it = await service();
    const response = await it.app.inject({
      method: 'DELETE',
      url: '/api/projects/nothing',
      headers: { 'content-type': 'application/json' },
    });
    expect(response.statusCode).toBe(202);
  });
});

describe('an activity that is older than the retention', () => {
  const aged = ({ clock }: Service, days: number, ms = 0) =>
    Timestamp.toISO(Timestamp.trusted(clock.now() - days * dayMs - ms));
  const message = 'must not be older than 7 days, the retention of this project';

  test('is refused on every route, also if the retention is that of the deployment', async () => {
    const it = await service({ retentionDays: RetentionDays.parse(30) });
    await put(it, 'shop', { retentionDays: 7 });
    const headers = { 'x-project': 'shop' };
    const draft = { userId: 'ann', type: 'LOGIN', createdAt: aged(it, 7, 1) };
    expect(seen(await post(it.app, '/api/logs', draft, headers))).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/createdAt', message }] },
    });
    const young = { ...draft, createdAt: aged(it, 7) };
    expect(seen(await post(it.app, '/api/logs/batch', [draft, young], headers))).toMatchObject({
      status: 202,
      body: { accepted: 1, rejected: [{ index: 0, errors: [{ path: '/createdAt', message }] }] },
    });
    const event = { specversion: '1.0', id: 'e', source: '/s', type: 'login', subject: 'ann' };
    const cloudEvents = { ...headers, 'content-type': 'application/cloudevents+json' };
    expect(
      seen(await post(it.app, '/api/events', { ...event, time: draft.createdAt }, cloudEvents)),
    ).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/time', message }] },
    });
    expect(seen(await post(it.app, '/api/logs', { ...draft, createdAt: aged(it, 31) }))).toMatchObject({
      status: 422,
      body: {
        errors: [{ path: '/createdAt', message: message.replace('7 days', '30 days') }],
      },
    });
    expect((await post(it.app, '/api/logs', draft)).statusCode).toBe(202);
    expect(it.logged()).toHaveLength(2);
  });

  test('becomes a dead letter if a Segment client sends it', async () => {
    const it = await service();
    await put(it, 'shop', { retentionDays: 1 });
    const call = { type: 'track', userId: 'ann', event: 'Login', messageId: 'm', timestamp: aged(it, 2) };
    const response = await post(it.app, '/v1/track', call, { 'x-project': 'shop' });
    expect(response.statusCode).toBe(200);
    expect(it.logged()).toEqual([]);
    expect([...it.store.letters.values()]).toMatchObject([
      {
        project: 'shop',
        code: 'invalid',
        reason: expect.stringContaining(
          '/timestamp must not be older than 1 day, the retention of this project',
        ) as unknown,
      },
    ]);
  });
});

test('during an outage, the erasure of a project is refused, and the message says what to do', async () => {
  const it = await service();
  it.store.reachable = false;
  expect(seen(await erase(it, 'shop'))).toMatchObject(refusal(503, /./));
});
