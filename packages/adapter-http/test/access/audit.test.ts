import { MemoryDeadLetterQueue } from '@user-activity/adapter-memory';
import { type ActivityJson, maxOutboxEntries, Principal, ProjectId, Timestamp } from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { loggings, others, readings, routesOfProjects, type Sent } from '../routes-of-projects.ts';
import { onMemory, post, type Service, service } from '../service.ts';
import { asRoot, makeKey, rootKey } from './key-requests.ts';

const ask = ({ app }: Service, { headers, ...sent }: Sent, more: Record<string, string> = asRoot()) =>
  app.inject({ ...sent, headers: { ...headers, ...more } });

/** Returns the audit events in the outbox, the oldest first. */
const events = ({ store }: Service): readonly ActivityJson[] =>
  [...store.outbox.values()].map(({ activity }) => activity.toJSON());

const typesOf = (all: readonly ActivityJson[]): readonly string[] => all.map(({ type }) => type);

/** The audit event of each route that changes something, except the routes that log activities. */
const typeByRoute: Readonly<Record<string, string>> = {
  'POST /api/dead-letters/replay': 'DEAD_LETTERS_REPLAYED',
  'PUT /api/projects/:id': 'SETTINGS_CHANGED',
  'DELETE /api/projects/:id': 'PROJECT_ERASED',
  'DELETE /api/users/:userId/logs': 'USER_ERASED',
  'POST /api/keys': 'KEY_CREATED',
  'POST /api/keys/:id/rotate': 'KEY_ROTATED',
  'DELETE /api/keys/:id': 'KEY_REVOKED',
};

test('every route that changes something has an audit event, except the routes that log', async () => {
  const changing = (await routesOfProjects()).filter(
    (route) => !/^(?:GET|OPTIONS) /.test(route) && loggings[route] === undefined,
  );
  expect(Object.keys(typeByRoute).toSorted()).toEqual(changing.toSorted());
});

test.each(Object.entries(typeByRoute))('%s makes one event, %s', async (route, type) => {
  const it = await service({ apiKeys: [rootKey] });
  const { id } = await makeKey(it, { scopes: ['read'] });
  it.store.outbox.clear();
  const sent = { ...readings, ...others }[route];
  if (sent === undefined) throw new Error(`There is no request of ${route}.`);
  const url = sent.url.replace('0123456789abcdef', id);
  expect((await ask(it, { ...sent, url })).statusCode).toBeLessThan(300);
  expect(events(it)).toMatchObject([
    { project: '_system', userId: 'root', type, metadata: { outcome: 'done' } },
  ]);
});

test('the events of a key have the ids of the actors, and neither its secret nor its name', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const admin = await makeKey(it, { scopes: ['admin'], project: 'shop' });
  const byAdmin = { 'x-api-key': admin.secret };
  const expiresAt = Timestamp.toISO(Timestamp.fromMillis(it.clock.now() + 60_000));
  const draft = { name: "Anna's till", scopes: ['read', 'write'], expiresAt };
  const { id, secret } = (await post(it.app, '/api/keys', draft, byAdmin)).json<{
    id: string;
    secret: string;
  }>();
  await post(it.app, `/api/keys/${id}/rotate`, {}, byAdmin);
  await it.app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers: asRoot() });
  // These requests change nothing.
  await it.app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers: asRoot() });
  await it.app.inject({ method: 'DELETE', url: '/api/keys/0123456789abcdef', headers: asRoot() });
  await post(it.app, `/api/keys/${id}/rotate`, {}, byAdmin);
  await post(it.app, '/api/keys', { ...draft, project: 'forum' }, byAdmin);
  await post(it.app, '/api/keys', { ...draft, name: '' }, byAdmin);

  const key = { key: id, project: 'shop', scopes: ['write', 'read'], origins: [], limits: {}, expiresAt };
  expect(events(it).map(({ type, userId, metadata }) => [type, userId, metadata])).toEqual([
    ['KEY_CREATED', 'root', expect.objectContaining({ key: admin.id, scopes: ['admin'] })],
    ['KEY_CREATED', admin.id, { ...key, outcome: 'done' }],
    ['KEY_ROTATED', admin.id, { ...key, outcome: 'done' }],
    ['KEY_REVOKED', 'root', { ...key, outcome: 'done' }],
  ]);
  const text = JSON.stringify(events(it));
  for (const hidden of [secret, admin.secret, 'Anna']) expect(text).not.toContain(hidden);
});

test('settings, erasures and replays are logged with their details', async () => {
  const it = await service();
  await new MemoryDeadLetterQueue(it.store).add([letterOf(1), letterOf(2)]);
  it.clock.advance(60_000);
  const settings = { retentionDays: null, limits: { itemsPerSecond: 5 } };
  await it.app.inject({ method: 'PUT', url: '/api/projects/shop', payload: settings });
  await it.app.inject({ method: 'PUT', url: '/api/projects/shop', payload: { retentionDays: 7 } });
  await it.app.inject({ method: 'DELETE', url: '/api/projects/shop' });
  await post(it.app, '/api/dead-letters/replay', { ids: ['user-activity:0:1', 'user-activity:0:9'] });
  await post(it.app, '/api/dead-letters/replay', { all: true });
  const erasedAt = Timestamp.toISO(it.clock.now());
  const replayed = { project: 'default', replayed: 1, tooLarge: 0, more: false, outcome: 'done' };
  expect(events(it).map(({ type, userId, metadata }) => [type, userId, metadata])).toEqual([
    ['SETTINGS_CHANGED', 'anonymous', { project: 'shop', ...settings, outcome: 'done' }],
    ['SETTINGS_CHANGED', 'anonymous', { project: 'shop', retentionDays: 7, outcome: 'done' }],
    ['PROJECT_ERASED', 'anonymous', { project: 'shop', erasedAt, outcome: 'done' }],
    ['DEAD_LETTERS_REPLAYED', 'anonymous', { letters: 2, ...replayed }],
    ['DEAD_LETTERS_REPLAYED', 'anonymous', { letters: 'all', ...replayed }],
  ]);
});

test('audit events are published whatever the limits of _system are', async () => {
  const { options, store } = onMemory();
  const limits = { storedBytes: 1 };
  store.projectSettings.set(ProjectId.system, { retentionDays: undefined, limits });
  await options.useCases.refreshProjects();
  await options.useCases.eraseProject(Principal.root, ProjectId.parse('shop'));
  expect(await options.useCases.relayAuditEvents()).toBe(1);
});

test('nothing is changed while the outbox is full, and the response is a 503 that says so', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const activity = sampleActivity();
  for (let number = 0; number < maxOutboxEntries; number += 1) {
    const filler = sampleActivity({ id: `filler-${number}` });
    it.store.outbox.set(filler.id, { activity, dueAt: undefined });
  }
  const response = await post(it.app, '/api/keys', { name: 'a', scopes: ['read'] }, asRoot());
  expect(response.statusCode).toBe(503);
  expect(response.json()).toMatchObject({
    detail:
      'Nothing was changed: 1000 audit events are waiting for the log, which is the maximum. Send the request again when the log is available.',
  });
  expect(it.store.keys.size).toBe(0);
});

const readRoutes = Object.entries(readings).filter(
  ([route]) => route.startsWith('GET') && !route.endsWith('/status'),
);

test.each(readRoutes)('%s is logged once if reads are logged, also in _system', async (_, sent) => {
  const it = await service({ apiKeys: [rootKey], logReads: true });
  for (const project of ['shop', '_system']) await ask(it, sent, asRoot({ 'x-project': project }));
  await it.flushReadLog();
  const logged = it.logged().map(({ content }) => 'activity' in content && content.activity.toJSON());
  const isSearch = /logs(?:$|\?|\/count|\/stats|\/export|\/feed)/.test(sent.url);
  const type = isSearch ? 'SEARCHED' : 'VIEWED';
  expect(logged).toMatchObject([
    { project: '_system', type, userId: 'root', metadata: { project: 'shop', results: 0 } },
    { project: '_system', type, userId: 'root', metadata: { project: '_system', results: 0 } },
  ]);
  expect(JSON.stringify(logged)).not.toContain('ann');
});

test('reads are not logged by default, and the status of an activity never is', async () => {
  const it = await service();
  for (const [, sent] of readRoutes) await ask(it, sent, {});
  await it.flushReadLog();
  const logging = await service({ logReads: true });
  await logging.app.inject({ url: '/api/logs/a/status' });
  await logging.flushReadLog();
  expect([it.logged(), logging.logged()]).toEqual([[], []]);
  expect(typesOf(events(it))).toEqual([]);
});
