import { Scope } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import {
  loggings,
  ofProcess,
  others,
  readings,
  routesOfProjects,
  type Sent,
  streams,
} from '../routes-of-projects.ts';
import { type Service, service } from '../service.ts';
import { asRoot, makeKey, rootKey } from './key-requests.ts';

/** A request of each route, with the scope that it needs. */
const table: Readonly<Record<string, readonly [scope: Scope, sent: Sent, needsOperator?: 'operator']>> = {
  ...scoped('write', loggings),
  ...scoped('read', without(readings, '/api/dead-letters')),
  ...scoped('read', streams),
  ...scoped('dead-letters', only(readings, '/api/dead-letters')),
  ...scoped('admin', only(others, '/api/keys')),
  ...scoped('admin', only(others, '/api/projects'), 'operator'),
  ...scoped('erase', only(others, 'DELETE /api/projects'), 'operator'),
  ...scoped('erase', only(others, '/api/users')),
  ...scoped('erase', only(others, '/api/erasures')),
  ...scoped('metrics', ofProcess),
};

function scoped(scope: Scope, requests: Readonly<Record<string, Sent>>, ...operator: ['operator'?]) {
  return Object.fromEntries(
    Object.entries(requests).map(([route, sent]) => [route, [scope, sent, ...operator] as const]),
  );
}
function only(requests: Readonly<Record<string, Sent>>, text: string) {
  return Object.fromEntries(Object.entries(requests).filter(([route]) => route.includes(text)));
}
function without(requests: Readonly<Record<string, Sent>>, text: string) {
  return Object.fromEntries(Object.entries(requests).filter(([route]) => !route.includes(text)));
}

const ask = ({ app }: Service, { headers, ...sent }: Sent, more: Record<string, string>) =>
  app.inject({ ...sent, headers: { ...headers, ...more } });

const passed = 'is not refused';

/** Sends the request of each route. Returns for each its status and refusal, or that it is not refused. */
async function refusals(it: Service, more: Record<string, string>): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const [route, [, sent]] of Object.entries(table)) {
    const response = await ask(it, sent, more);
    const isRefused = [401, 403, 503].includes(response.statusCode);
    all[route] = isRefused ? `${response.statusCode} ${response.json<{ detail: string }>().detail}` : passed;
  }
  return all;
}

/** Returns what `expected` returns for each route. */
const everyRoute = (expected: (scope: Scope, needsOperator: boolean) => string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(table).map(([route, [scope, , needsOperator]]) => [
      route,
      expected(scope, needsOperator !== undefined),
    ]),
  );

const missing = (scope: Scope): string =>
  `403 This API key does not have the scope ${scope}, which this route needs.`;

test('the table has every route below /api and /v1, except the handshake of web hooks', async () => {
  const routes = Object.keys(table).filter((route) => !(route in ofProcess));
  expect(['OPTIONS /api/events', ...routes].toSorted()).toEqual((await routesOfProjects()).toSorted());
});

const required = '401 A valid API key is required: as a Bearer token, in X-Api-Key, or as Basic user name.';
const unknownKey = { 'x-api-key': `ua_0123456789abcdef_${'x'.repeat(43)}` };

test.each<[string, (it: Service) => Promise<Record<string, string>>, string]>([
  ['a wrong key', async () => ({ 'x-api-key': 'wrong' }), required],
  ['an unknown key of the right form', async () => unknownKey, required],
  [
    'an expired key',
    async (it) => {
      const expiresAt = new Date(it.clock.now() + 1000).toISOString();
      const { secret } = await makeKey(it, { scopes: ['admin'], project: '*', expiresAt });
      it.clock.set(expiresAt);
      return { 'x-api-key': secret };
    },
    '401 This API key has expired.',
  ],
  [
    'a revoked key',
    async (it) => {
      const { id, secret } = await makeKey(it, { scopes: ['admin'], project: '*' });
      await it.app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers: asRoot() });
      return { 'x-api-key': secret };
    },
    '401 This API key was revoked.',
  ],
])('with %s, every route answers 401', async (_, headersOf, refusal) => {
  const it = await service({ apiKeys: [rootKey] });
  expect(await refusals(it, await headersOf(it))).toEqual(everyRoute(() => refusal));
  expect(it.logged()).toEqual([]);
});

test('without a key, every route answers 401', async () => {
  const it = await service({ apiKeys: [rootKey] });
  for (const [route, refusal] of Object.entries(await refusals(it, {})))
    expect([route, refusal]).toEqual([route, expect.stringMatching(/^401 A valid API key is required: /)]);
  expect(it.logged()).toEqual([]);
});

test.each(Scope.all)(
  'a key with the scope %s reaches only the routes of the scope, and each refusal names the missing scope',
  async (held) => {
    const it = await service({ apiKeys: [rootKey] });
    const { secret } = await makeKey(it, { scopes: [held], project: '*' });
    expect(await refusals(it, { 'x-api-key': secret })).toEqual(
      everyRoute((needed) => (held === 'admin' || held === needed ? passed : missing(needed))),
    );
  },
);

test('a key of one project reaches no route for operators, whatever its scopes are', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { secret } = await makeKey(it, { scopes: Scope.all, project: 'shop' });
  expect(await refusals(it, { 'x-api-key': secret })).toEqual(
    everyRoute((_, needsOperator) =>
      needsOperator ? '403 This route needs a root key, or an API key for all projects ("*").' : passed,
    ),
  );
});

test.each(['forum', 'default', 'nobody-uses-it'])(
  'a key of one project cannot name the project %s, and nothing reveals whether it exists',
  async (project) => {
    const it = await service({ apiKeys: [rootKey] });
    const { secret } = await makeKey(it, { scopes: Scope.all, project: 'shop' });
    const foreign = '403 This API key belongs to one project, and X-Project names another.';
    expect(await refusals(it, { 'x-api-key': secret, 'x-project': project })).toEqual({
      ...everyRoute((_, needsOperator) =>
        needsOperator ? '403 This route needs a root key, or an API key for all projects ("*").' : foreign,
      ),
      ...Object.fromEntries(Object.keys(ofProcess).map((route) => [route, passed])),
    });
  },
);

test('only operators read the project _system', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { secret } = await makeKey(it, { scopes: Scope.all, project: 'shop' });
  for (const [route, sent] of Object.entries(readings)) {
    const inSystem = { 'x-project': '_system' };
    const statuses = [
      await ask(it, sent, { ...inSystem, 'x-api-key': secret }),
      await ask(it, sent, asRoot(inSystem)),
    ];
    expect([route, statuses[0]?.statusCode]).toEqual([route, 403]);
    expect([route, statuses[1]?.statusCode]).not.toEqual([route, 403]);
  }
});

test('a root key reaches every route', async () => {
  const it = await service({ apiKeys: [rootKey] });
  expect(await refusals(it, asRoot())).toEqual(everyRoute(() => passed));
});

describe('while the keys cannot be read', () => {
  const unreadable = '503 The API keys cannot be read at the moment. Send the request again later.';
  /** Fails to read the keys, then makes the store reachable again, so that only the keys decide the responses. */
  async function outage(it: Service): Promise<void> {
    it.store.reachable = false;
    await expect(it.refreshKeys()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    it.store.reachable = true;
  }

  test.each([
    [60_000, everyRoute(() => passed)],
    [60_001, everyRoute((scope) => (scope === 'write' ? passed : unreadable))],
    [86_400_000, everyRoute((scope) => (scope === 'write' ? passed : unreadable))],
    [86_400_001, everyRoute(() => unreadable)],
  ])('after %d ms, a known key works if the scope of the route allows that', async (ms, expected) => {
    const it = await service({ apiKeys: [rootKey] });
    const { secret } = await makeKey(it, { scopes: ['admin'], project: '*' });
    await outage(it);
    it.keyClock.nowMs = ms;
    expect(await refusals(it, { 'x-api-key': secret })).toEqual(expected);
    await it.refreshKeys();
    expect(await refusals(it, { 'x-api-key': secret })).toEqual(everyRoute(() => passed));
  });

  test('an unknown key gets 503, because it may exist, and a root key works', async () => {
    const it = await service({ apiKeys: [rootKey] });
    await outage(it);
    it.keyClock.nowMs = 86_400_001;
    expect(await refusals(it, unknownKey)).toEqual(everyRoute(() => unreadable));
    expect(await refusals(it, asRoot())).toEqual(everyRoute(() => passed));
  });
});
