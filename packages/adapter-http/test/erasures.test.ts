import { describe, expect, test } from 'vitest';
import { asRoot, makeKey, rootKey } from './access/key-requests.ts';
import { digestUser, post, refusal, seen, type Service, service } from './service.ts';
import { storing } from './storing.ts';

interface Progress {
  readonly id: string;
  readonly status: string;
  readonly erased?: number;
}

const erase = ({ app }: Service, user: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'DELETE', url: `/api/users/${user}/logs`, headers });

async function progress({ app }: Service, id: string, headers: Record<string, string> = {}) {
  return seen(await app.inject({ url: `/api/erasures/${id}`, headers }));
}

/** Logs activities of `ann` and `bob`, and of `ann` in another project. */
async function filled(): Promise<{ it: Service; store: () => Promise<void> }> {
  const it = await service();
  const store = storing(it);
  for (const id of ['a1', 'a2'])
    await post(it.app, '/api/logs', { id, userId: 'ann', type: 'VIEW', metadata: { mail: 'ann@x.org' } });
  await post(it.app, '/api/logs', { id: 'b1', userId: 'bob', type: 'VIEW' });
  await post(it.app, '/api/logs', { id: 's1', userId: 'ann', type: 'VIEW' }, { 'x-project': 'shop' });
  // This draft has the id of another fact, so it becomes a dead letter.
  await post(it.app, '/api/logs', { id: 'b1', userId: 'ann', type: 'OTHER' });
  return { it, store };
}

async function found({ app }: Service, headers: Record<string, string> = {}) {
  const response = await app.inject({ url: '/api/logs?order=asc', headers });
  const { data } = response.json<{ data: { id: string; userId: string; metadata: object }[] }>();
  return data
    .toSorted((left, right) => left.id.localeCompare(right.id))
    .map(({ id, userId, metadata }) => [id, userId, metadata]);
}

const letters = ({ app }: Service) => app.inject('/api/dead-letters');
const mail = { mail: 'ann@x.org' };
const requests = ({ logged }: Service) =>
  logged().flatMap(({ content }) => (content.name === 'ErasureRequested' ? [content.erasure] : []));

describe('DELETE /api/users/{userId}/logs', () => {
  test('erases what was received before it, and nothing else', async () => {
    const { it, store } = await filled();
    await store();
    await post(it.app, '/api/logs', { id: 'a3', userId: 'ann', type: 'WAITS' });
    const response = await erase(it, 'ann');
    const { id } = response.json<Progress>();
    expect(seen(response)).toEqual({ status: 202, body: { id, status: 'accepted' } });
    expect(response.headers['location']).toBe(`/api/erasures/${id}`);
    await post(it.app, '/api/logs', { id: 'a4', userId: 'ann', type: 'LATER' });
    expect(await progress(it, id)).toEqual({ status: 200, body: { id, status: 'accepted', erased: 0 } });
    await store();
    expect(await progress(it, id)).toEqual({ status: 200, body: { id, status: 'running', erased: 0 } });
    expect((await letters(it)).json()).toMatchObject({ data: [{ code: 'conflict' }] });
    await it.sweep();
    expect(await progress(it, id)).toEqual({ status: 200, body: { id, status: 'done', erased: 2 } });
    expect(await found(it)).toEqual([
      ['a4', 'ann', {}],
      ['b1', 'bob', {}],
    ]);
    expect((await letters(it)).json()).toMatchObject({ data: [] });
    expect(await found(it, { 'x-project': 'shop' })).toEqual([['s1', 'ann', {}]]);
  });

  test.each(['{"mode":"anonymise"}', '[1]', '"text"', '0'])(
    'refuses the body %s, which it would ignore',
    async (body) => {
      const { it } = await filled();
      const headers = { 'content-type': 'application/json' };
      const response = await it.app.inject({
        method: 'DELETE',
        url: '/api/users/ann/logs',
        headers,
        payload: body,
      });
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({
        detail: 'This route takes no body. It reads only the path and the query.',
      });
    },
  );

  test.each(['', '{}', 'null'])('treats the body "%s" as no body', async (body) => {
    const { it } = await filled();
    const headers = { 'content-type': 'application/json' };
    const response = await it.app.inject({
      method: 'DELETE',
      url: '/api/users/ann/logs',
      headers,
      payload: body,
    });
    expect(response.statusCode).toBe(202);
  });

  test('with mode=anonymise keeps the activities without their user and metadata', async () => {
    const { it, store } = await filled();
    await store();
    await post(it.app, '/api/logs', { id: 'a3', userId: 'ann', type: 'WAITS', metadata: mail });
    const response = await it.app.inject({ method: 'DELETE', url: '/api/users/ann/logs?mode=anonymise' });
    const { id } = response.json<Progress>();
    await post(it.app, '/api/logs', { id: 'a4', userId: 'ann', type: 'LATER', metadata: mail });
    await store();
    await it.sweep();
    expect(await progress(it, id)).toEqual({ status: 200, body: { id, status: 'done', erased: 2 } });
    expect(await found(it)).toEqual([
      ['a1', 'anon ann', {}],
      ['a2', 'anon ann', {}],
      ['a3', 'anon ann', {}],
      ['a4', 'ann', mail],
      ['b1', 'bob', {}],
    ]);
    expect((await letters(it)).json()).toMatchObject({ data: [] });
  });

  test('with mode=anonymise is refused if the deployment has no key for it, and nothing is logged', async () => {
    const it = await service({ canAnonymise: false });
    const response = await it.app.inject({ method: 'DELETE', url: '/api/users/ann/logs?mode=anonymise' });
    expect(seen(response)).toMatchObject({ status: 400, body: { errors: [{ path: '/mode' }] } });
    expect(response.body).toContain('ANONYMISATION_KEY');
    expect([it.logged(), it.store.outbox.size]).toEqual([[], 0]);
    expect((await erase(it, 'ann')).statusCode).toBe(202);
  });

  test.each([
    ['a/b'],
    ['../logs'],
    ['50%'],
    ['a?b#c'],
    ['J\u00fcrgen \u{1f600}'],
    ['...'],
    ['x'.repeat(256)],
    ['\u{1f600}'.repeat(256)],
  ])('takes the percent-encoded user id %#', async (userId) => {
    const it = await service();
    expect((await erase(it, encodeURIComponent(userId))).statusCode).toBe(202);
    expect((await erase(it, `%20${encodeURIComponent(userId)}%20`)).statusCode).toBe(202);
    const same = { userId, project: 'default', mode: 'erase' };
    expect(requests(it)).toMatchObject([same, same]);
  });

  test.each([
    ['%20.', 400, /must not be "\." or "\.\."/],
    ['%20%2E%2E%20', 400, /must not be "\." or "\.\."/],
    ['%20', 400, /must be 1-256 characters/],
    ['x'.repeat(257), 400, /must be 1-256 characters/],
    ['%F0%9F%98%80'.repeat(257), 400, /must be 1-256 characters/],
    ['x'.repeat(3073), 404, /longer than any id/],
    ['a%00b', 400, /control characters/],
    ['a%0Ab', 400, /control characters/],
    ['%FF', 400, /percent-encoded/],
    ['a%', 400, /percent-encoded/],
    ['', 404, /nothing at this path/],
    ['a/b', 404, /nothing at this path/],
  ])('refuses the user id %#', async (user, status, detail) => {
    const it = await service();
    expect(seen(await erase(it, user))).toMatchObject(refusal(status, detail));
    expect([it.logged(), it.store.outbox.size]).toEqual([[], 0]);
  });

  test.each([
    ['mode=', '/mode'],
    ['mode=forget', '/mode'],
    ['mode=ERASE', '/mode'],
    ['mode=erase&mode=anonymise', '/mode'],
    ['userId=bob', '/userId'],
    ['from=2026-01-01T00:00:00Z', '/from'],
  ])('refuses ?%s', async (query, path) => {
    const it = await service();
    const response = await it.app.inject({ method: 'DELETE', url: `/api/users/ann/logs?${query}` });
    expect(seen(response)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
    expect([it.logged(), it.store.outbox.size]).toEqual([[], 0]);
  });

  test('is audited with a digest and without the user id', async () => {
    const it = await service({ apiKeys: [rootKey] });
    const { id } = (await erase(it, 'ann@x.org', asRoot({ 'x-project': 'shop' }))).json<Progress>();
    const events = [...it.store.outbox.values()].map(({ activity }) => activity.toJSON());
    const metadata = {
      project: 'shop',
      user: digestUser('ann@x.org'),
      mode: 'erase',
      erasure: id,
      outcome: 'done',
    };
    expect(events).toMatchObject([{ project: '_system', userId: 'root', type: 'USER_ERASED', metadata }]);
    expect(JSON.stringify(events)).not.toContain('ann');
  });

  test('accepts a Content-Type without a body', async () => {
    const it = await service();
    expect((await erase(it, 'ann', { 'content-type': 'application/json' })).statusCode).toBe(202);
  });

  test('is 503 while the log is down, and makes no audit event', async () => {
    const it = await service();
    it.log.reachable = false;
    const response = await erase(it, 'ann');
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, expect.any(String)]);
    expect(it.store.userErasures.size).toBe(0);
    it.log.reachable = true;
    expect(requests(it)).toEqual([]);
    expect((await erase(it, 'ann')).statusCode).toBe(202);
  });

  test('is 503 while the store is down, and nothing is logged', async () => {
    const it = await service();
    it.store.reachable = false;
    expect((await erase(it, 'ann')).statusCode).toBe(503);
    expect(it.logged()).toEqual([]);
  });
});

describe('GET /api/erasures/{id}', () => {
  test.each(['unknown', 'x'.repeat(64), 'x'.repeat(65), 'a_b', '%20'])('%s is unknown: 404', async (id) => {
    expect(await progress(await service(), id)).toMatchObject(refusal(404, /^There is no such erasure/));
  });

  test('is 404 in another project', async () => {
    const it = await service();
    const { id } = (await erase(it, 'ann', { 'x-project': 'shop' })).json<Progress>();
    for (const project of ['default', 'forum'])
      expect((await progress(it, id, { 'x-project': project })).status).toBe(404);
    expect(await progress(it, id, { 'x-project': 'shop' })).toMatchObject({ status: 200, body: { id } });
  });

  test('refuses parameters and other methods, and forbids caches to keep the response', async () => {
    const it = await service();
    const { id } = (await erase(it, 'ann')).json<Progress>();
    const url = `/api/erasures/${id}`;
    expect((await it.app.inject(`${url}?x=1`)).statusCode).toBe(400);
    const other = await it.app.inject({ method: 'DELETE', url });
    expect([other.statusCode, other.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect((await it.app.inject(url)).headers['cache-control']).toBe('no-store');
  });

  test('is 503 while the store is down', async () => {
    const it = await service();
    it.store.reachable = false;
    expect((await progress(it, 'a')).status).toBe(503);
  });
});

test('a key of a project erases in its own project only, and _system is refused', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { secret } = await makeKey(it, { scopes: ['erase'], project: 'shop' });
  const { secret: reader } = await makeKey(it, {
    scopes: ['read', 'write', 'dead-letters'],
    project: 'shop',
  });
  const { id } = (await erase(it, 'ann', { 'x-api-key': secret })).json<Progress>();
  expect(requests(it)).toMatchObject([{ id, project: 'shop' }]);
  expect((await progress(it, id, { 'x-api-key': secret })).status).toBe(200);
  expect((await progress(it, id, { 'x-api-key': reader })).status).toBe(403);
  expect((await erase(it, 'ann', { 'x-api-key': reader })).statusCode).toBe(403);
  expect((await erase(it, 'ann', { 'x-api-key': secret, 'x-project': 'forum' })).statusCode).toBe(403);
  expect((await erase(it, 'ann', asRoot({ 'x-project': '_system' }))).statusCode).toBe(400);
  expect((await progress(it, id, asRoot({ 'x-project': '_system' }))).status).toBe(400);
  expect(requests(it)).toHaveLength(1);
});

test.each(['erase', 'anonymise'])(
  'with mode=%s a request that waits for an activity gets 410',
  async (mode) => {
    const it = await service();
    const store = storing(it);
    const draft = { id: 'a', userId: 'ann', type: 'VIEW', metadata: mail };
    const waiting = post(it.app, '/api/logs', draft, { prefer: 'wait=30' });
    const foreign = post(it.app, '/api/logs', draft, { prefer: 'wait=30', 'x-project': 'shop' });
    await expect.poll(() => it.outcomeWaiter.waiting).toBe(2);
    await it.app.inject({ method: 'DELETE', url: `/api/users/ann/logs?mode=${mode}` });
    await store();
    expect(seen(await waiting)).toEqual({ status: 410, body: { id: 'a', status: 'erased' } });
    expect((await foreign).statusCode).toBe(201);
  },
);
