import { Scope } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { post, seen, type Service, service } from '../service.ts';
import { asRoot, type KeyBody, makeKey, rootKey } from './key-requests.ts';

const as = (secret: string, headers: Record<string, string> = {}) => ({ 'x-api-key': secret, ...headers });
const listed = async ({ app }: Service, headers: Record<string, string>) =>
  (await app.inject({ url: '/api/keys', headers })).json<{ data: { id: string; project: string }[] }>().data;
const draft = { userId: 'ann', type: 'LOGIN' };

test('a new key is answered with its secret once, and listed without it', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const made = await post(
    it.app,
    '/api/keys',
    { name: ' shop backend ', project: 'shop', scopes: ['read', 'write'], expiresAt: '2030-01-01T00:00:00Z' },
    asRoot(),
  );
  expect([made.statusCode, made.headers['cache-control']]).toEqual([201, 'no-store']);
  const { secret, ...key } = made.json<KeyBody>();
  expect(secret).toMatch(new RegExp(`^ua_${key.id}_[A-Za-z0-9_-]{43}$`));
  expect(key).toEqual({
    id: key.id,
    name: 'shop backend',
    project: 'shop',
    scopes: ['write', 'read'],
    origins: [],
    limits: {},
    state: 'valid',
    createdAt: new Date(it.clock.now()).toISOString(),
    expiresAt: '2030-01-01T00:00:00.000Z',
    revokedAt: null,
    previousSecretExpiresAt: null,
  });
  expect(await listed(it, asRoot())).toEqual([key]);
  expect(JSON.stringify([...it.store.keys.values()])).not.toContain(secret.slice(-43));
  expect(it.lines.join('')).not.toContain(secret.slice(-43));
});

test('a key logs and reads in its project alone, as Bearer token, X-Api-Key, Basic user name and writeKey', async () => {
  const it = await service({ apiKeys: [rootKey], maxBodyBytes: 1_000_000 });
  const { id, secret } = await makeKey(it, { scopes: ['write'], project: 'shop' });
  const basic = `Basic ${Buffer.from(`${secret}:`).toString('base64')}`;
  for (const headers of [{ authorization: `Bearer ${secret}` }, as(secret), { authorization: basic }])
    expect((await post(it.app, '/api/logs', draft, headers)).statusCode).toBe(202);
  const call = { userId: 'ann', event: 'login', writeKey: secret };
  expect((await post(it.app, '/v1/track', call)).statusCode).toBe(200);
  expect(
    (await post(it.app, '/v1/batch', { writeKey: secret, batch: [{ ...call, type: 'track' }] })).statusCode,
  ).toBe(200);
  const projects = it
    .logged()
    .map(({ content }) => content.name === 'ActivityLogged' && content.activity.project);
  expect(projects).toEqual(Array.from({ length: 5 }, () => 'shop'));
  expect(it.lines.filter((line) => line.includes(`"key":"${id}"`))).toHaveLength(5);
});

test('a writeKey without the scope or of another project is refused like a key in a header', async () => {
  const it = await service({ apiKeys: [rootKey], maxBodyBytes: 1_000_000 });
  const reader = await makeKey(it, { scopes: ['read'], project: 'shop' });
  const writer = await makeKey(it, { scopes: ['write'], project: 'shop' });
  const call = { userId: 'ann', event: 'login' };
  const refused = await post(it.app, '/v1/track', { ...call, writeKey: reader.secret });
  expect(seen(refused)).toMatchObject({
    status: 403,
    body: { detail: 'This API key does not have the scope write, which this route needs.' },
  });
  const foreign = await post(
    it.app,
    '/v1/track',
    { ...call, writeKey: writer.secret },
    { 'x-project': 'forum' },
  );
  expect(foreign.statusCode).toBe(403);
  expect(it.logged()).toEqual([]);
});

test('a refusal for a missing scope has the challenge of RFC 6750', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { secret } = await makeKey(it, { scopes: ['write'], project: 'shop' });
  const response = await it.app.inject({ url: '/api/logs', headers: as(secret) });
  expect(response.headers['www-authenticate']).toBe(
    'Bearer realm="user-activity", error="insufficient_scope", scope="read"',
  );
});

test('an admin of a project manages the keys of this project, and sees no others', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const admin = await makeKey(it, { scopes: ['admin'], project: 'shop' });
  const foreign = await makeKey(it, { scopes: ['read'], project: 'forum' });
  const operator = await makeKey(it, { scopes: ['read'], project: '*' });
  const headers = as(admin.secret);
  const own = await post(it.app, '/api/keys', { name: 'own', scopes: ['write'] }, headers);
  expect(own.json()).toMatchObject({ project: 'shop' });
  for (const project of ['forum', '*'])
    expect(
      seen(await post(it.app, '/api/keys', { name: 'x', scopes: ['read'], project }, headers)),
    ).toMatchObject({
      status: 403,
      body: { detail: 'This API key belongs to one project, and `project` names another.' },
    });
  expect((await listed(it, headers)).map(({ id }) => id)).toEqual([admin.id, own.json<KeyBody>().id]);
  for (const id of [foreign.id, operator.id, 'ffffffffffffffff', 'malformed', '%20'])
    for (const [method, url] of [
      ['DELETE', `/api/keys/${id}`],
      ['POST', `/api/keys/${id}/rotate`],
    ] as const)
      expect([id, seen(await it.app.inject({ method, url, headers }))]).toMatchObject([
        id,
        { status: 404, body: { detail: 'There is no such key.' } },
      ]);
  expect(await listed(it, asRoot())).toHaveLength(4);
  expect((await it.app.inject({ method: 'DELETE', url: `/api/keys/${admin.id}`, headers })).statusCode).toBe(
    204,
  );
  expect((await it.app.inject({ url: '/api/keys', headers })).statusCode).toBe(401);
});

test('an operator names a project in the body or in X-Project, and can list the keys of one project', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const inShop = asRoot({ 'x-project': 'shop' });
  const fields = { name: 'x', scopes: ['read'] };
  expect((await post(it.app, '/api/keys', fields, inShop)).json()).toMatchObject({ project: 'shop' });
  expect((await post(it.app, '/api/keys', { ...fields, project: 'forum' }, inShop)).json()).toMatchObject({
    project: 'forum',
  });
  expect((await post(it.app, '/api/keys', { ...fields, project: null }, asRoot())).json()).toMatchObject({
    project: 'default',
  });
  const projects = async (headers: Record<string, string>) =>
    (await listed(it, headers)).map(({ project }) => project).toSorted();
  expect(await projects(asRoot())).toEqual(['default', 'forum', 'shop']);
  expect(await projects(inShop)).toEqual(['shop']);
  const [forum] = await listed(it, asRoot({ 'x-project': 'forum' }));
  const url = `/api/keys/${forum?.id}`;
  expect((await it.app.inject({ method: 'DELETE', url, headers: inShop })).statusCode).toBe(404);
  expect((await it.app.inject({ method: 'DELETE', url, headers: asRoot() })).statusCode).toBe(204);
});

test('a rotated key has two secrets during the overlap, then one, and keeps its id', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { id, secret: first } = await makeKey(it, { scopes: ['write'], project: 'shop' });
  const rotate = async (body: object) => {
    const response = await post(it.app, `/api/keys/${id}/rotate`, body, asRoot());
    expect(response.statusCode).toBe(200);
    return response.json<KeyBody & { previousSecretExpiresAt: string }>();
  };
  const works = async (secret: string) => (await post(it.app, '/api/logs', draft, as(secret))).statusCode;
  const second = await rotate({ overlapSeconds: 60 });
  expect(second).toMatchObject({
    id,
    previousSecretExpiresAt: new Date(it.clock.now() + 60_000).toISOString(),
  });
  expect([await works(first), await works(second.secret)]).toEqual([202, 202]);
  it.clock.set(new Date(it.clock.now() + 60_000).toISOString());
  expect([await works(first), await works(second.secret)]).toEqual([401, 202]);
  const third = await rotate({});
  const fourth = await rotate({ overlapSeconds: 0 });
  const secrets = [first, second.secret, third.secret, fourth.secret];
  expect(await Promise.all(secrets.map(works))).toEqual([401, 401, 401, 202]);
});

test('a revoked key can be revoked again, but a revoked or expired key cannot be rotated', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { id } = await makeKey(it, { scopes: ['write'], project: 'shop' });
  for (let times = 0; times < 2; times += 1)
    expect(
      (await it.app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers: asRoot() })).statusCode,
    ).toBe(204);
  const rotated = await post(it.app, `/api/keys/${id}/rotate`, {}, asRoot());
  expect(seen(rotated)).toMatchObject({ status: 409 });
  expect(await listed(it, asRoot())).toMatchObject([{ id, state: 'revoked' }]);
});

/** Each line is the path of a violation and the beginning of its message. */
test.each<[unknown, string[]]>([
  [[], [' must be a JSON object']],
  [{}, ['/name is required', '/scopes must be a list of one or more scopes, each one of write, read']],
  [
    { name: ' ', scopes: ['write', 'write'], project: 'Shop', expiresAt: 'tomorrow', more: 1 },
    [
      '/more is not a known field',
      '/name must be 1-100 characters after trimming',
      '/project must be "*" for all projects, or the name of one',
      '/scopes must not name a scope twice',
      '/expiresAt must be an RFC 3339 date-time',
    ],
  ],
  [
    { name: 'x', scopes: ['all'], project: '_system' },
    [
      '/project must be "*" for all projects, or the name of one',
      '/scopes must be a list of one or more scopes, each one of write, read',
    ],
  ],
  [{ name: 'x', scopes: ['read'], expiresAt: '2000-01-01T00:00:00Z' }, ['/expiresAt must be in the future']],
])('the key %j is refused with every violation', async (body, violations) => {
  const it = await service({ apiKeys: [rootKey] });
  const response = await post(it.app, '/api/keys', body, asRoot());
  const { errors } = response.json<{ errors: { path: string; message: string }[] }>();
  const found = errors.map(({ path, message }, index) =>
    `${path} ${message}`.slice(0, violations[index]?.length),
  );
  expect([response.statusCode, found]).toEqual([422, violations]);
  expect(it.store.keys.size).toBe(0);
});

test.each([
  { overlapSeconds: -1 },
  { overlapSeconds: 1.5 },
  { overlapSeconds: 1e9 },
  { overlapSeconds: '1' },
  { x: 1 },
])('the rotation %j is refused', async (body) => {
  const it = await service({ apiKeys: [rootKey] });
  const { id } = await makeKey(it, { scopes: ['write'], project: 'shop' });
  expect((await post(it.app, `/api/keys/${id}/rotate`, body, asRoot())).statusCode).toBe(422);
});

test('without root keys, no key is needed, but a key of the store has only its project and scopes', async () => {
  const it = await service();
  const made = await post(it.app, '/api/keys', { name: 'x', scopes: ['write'], project: 'shop' });
  const { id, secret } = made.json<KeyBody>();
  expect((await post(it.app, '/api/logs', draft, as(secret))).statusCode).toBe(202);
  expect((await it.app.inject({ url: '/api/logs', headers: as(secret) })).statusCode).toBe(403);
  expect((await it.app.inject('/api/logs')).statusCode).toBe(200);
  expect((await post(it.app, '/api/logs', draft, as('any-text'))).statusCode).toBe(202);
  await it.app.inject({ method: 'DELETE', url: `/api/keys/${id}` });
  expect((await post(it.app, '/api/logs', draft, as(secret))).statusCode).toBe(401);
});

test('10,000 wrong keys are refused, reveal no key that exists, and leave valid ones alone', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const { id } = await makeKey(it, { scopes: Scope.all, project: 'shop' });
  const [withId, withoutId] = [new Set<string>(), new Set<string>()];
  for (let index = 0; index < 10_000; index += 1) {
    const text = String(index).padStart(43, '0');
    const secret = index % 2 === 0 ? `ua_${id}_${text}` : `ua_${'f'.repeat(16)}_${text}`;
    const response = await it.app.inject({ url: '/api/logs', headers: as(secret) });
    (index % 2 === 0 ? withId : withoutId).add(`${response.statusCode} ${response.body}`);
  }
  expect([...withId]).toEqual([
    expect.stringMatching(/^401 .*A valid API key is required/),
    expect.stringMatching(/^429 .*This address has sent too many invalid API keys/),
  ]);
  expect(withoutId).toEqual(withId);
  expect((await it.app.inject({ url: '/api/logs', headers: asRoot() })).statusCode).toBe(200);
});

test('a key with origins is public: it has limits by default, and allows only to write into one project', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const fields = { name: 'page', project: 'shop', scopes: ['write'], origins: ['https://shop.example'] };
  const made = await post(it.app, '/api/keys', { ...fields, limits: { itemsPerSecond: 2 } }, asRoot());
  expect(made.json()).toMatchObject({
    origins: fields.origins,
    limits: { itemsPerSecond: 2, bytesPerSecond: 1_000_000 },
  });
  expect(await listed(it, asRoot())).toMatchObject([{ origins: fields.origins }]);
  for (const [change, path] of [
    [{ scopes: ['write', 'read'] }, '/scopes'],
    [{ project: '*' }, '/project'],
    [{ origins: ['https://shop.example/'] }, '/origins'],
    [{ origins: 'https://shop.example' }, '/origins'],
    [{ limits: { storedBytes: 5 } }, '/limits/storedBytes'],
    [{ limits: { itemsPerSecond: 0 } }, '/limits/itemsPerSecond'],
    [{ limits: 5 }, '/limits'],
  ] as const) {
    const refused = await post(it.app, '/api/keys', { ...fields, ...change }, asRoot());
    expect(seen(refused)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  }
  expect(await listed(it, asRoot())).toHaveLength(1);
});
