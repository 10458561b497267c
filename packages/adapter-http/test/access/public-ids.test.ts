import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { loggings } from '../routes-of-projects.ts';
import { post, type Service, service } from '../service.ts';
import { asRoot, type KeyBody, makeKey, makePublicKey, rootKey } from './key-requests.ts';

const origin = 'https://shop.example';
const publicId = (key: KeyBody, id: string): string =>
  `pk.${createHash('sha256')
    .update(JSON.stringify([key.id, id]))
    .digest('base64url')}`;
const idsOn = (it: Service): readonly unknown[] =>
  it.logged().map(({ content }) => (content.name === 'ActivityLogged' ? content.activity.id : content));
const fromPage = ({ secret }: KeyBody) => ({ origin, 'x-api-key': secret });
const draft = { id: 'a', userId: 'ann', type: 'LOGIN' };

async function setUp() {
  const it = await service({ apiKeys: [rootKey] });
  return { it, key: await makePublicKey(it, [origin]), other: await makePublicKey(it, [origin]) };
}

describe('the id of an activity that is sent with a public key', () => {
  test.each(Object.entries(loggings))('is derived by %s', async (route, { headers, ...sent }) => {
    const { it, key, other } = await setUp();
    const sender = route.includes('/v1/') ? 'm' : 'a';
    const event = `ce_${createHash('sha256')
      .update(JSON.stringify(['/s', 'e']))
      .digest('base64url')}`;
    const id = route.includes('/events') ? event : sender;
    for (const each of [key, key, other])
      expect(
        (await it.app.inject({ ...sent, headers: { ...headers, ...fromPage(each) } })).statusCode,
      ).toBeLessThan(300);
    expect(idsOn(it)).toEqual([publicId(key, id), publicId(key, id), publicId(other, id)]);
  });

  test('is in the response, and the activity on the log is marked as public', async () => {
    const { it, key } = await setUp();
    const id = publicId(key, 'a');
    const response = await post(it.app, '/api/logs', draft, fromPage(key));
    expect(response.json()).toEqual({ id, status: 'accepted' });
    expect(response.headers['location']).toBe(`/api/logs/${id}`);
    const batch = await post(it.app, '/api/logs/batch', [draft, {}], fromPage(key));
    expect(batch.json()).toMatchObject({ accepted: 1, ids: [id, null] });
    const [record] = it.logged();
    expect(JSON.parse(JSON.stringify(record?.content))).toMatchObject({
      activity: { id, project: 'shop', source: 'public' },
    });
  });

  test('stays the same when the secret is rotated', async () => {
    const { it, key } = await setUp();
    const rotated = await post(it.app, `/api/keys/${key.id}/rotate`, {}, asRoot());
    await post(it.app, '/api/logs', draft, fromPage(key));
    await post(it.app, '/api/logs', draft, fromPage(rotated.json<KeyBody>()));
    expect(idsOn(it)).toEqual([publicId(key, 'a'), publicId(key, 'a')]);
  });

  test.each(['count', 'pk.a', `pk.${'x'.repeat(43)}`, 'x'.repeat(128)])(
    'is derived from %s too',
    async (id) => {
      const { it, key } = await setUp();
      await post(it.app, '/api/logs', { ...draft, id }, fromPage(key));
      await post(
        it.app,
        '/api/logs',
        { ...draft, id: undefined },
        { ...fromPage(key), 'idempotency-key': id },
      );
      await post(it.app, '/v1/track', { messageId: id, userId: 'ann', event: 'E' }, fromPage(key));
      expect(idsOn(it)).toEqual([publicId(key, id), publicId(key, id), publicId(key, id)]);
    },
  );

  test.each(['x'.repeat(129), 'a b', '', 7, '..'])('is refused if the id is %j', async (id) => {
    const { it, key } = await setUp();
    expect((await post(it.app, '/api/logs', { ...draft, id }, fromPage(key))).statusCode).toBe(422);
    expect(idsOn(it)).toEqual([]);
  });

  test('is derived from a new id if the page sends none', async () => {
    const { it, key } = await setUp();
    await post(it.app, '/api/logs', { ...draft, id: null }, fromPage(key));
    await post(it.app, '/v1/track', { userId: 'ann', event: 'E' }, fromPage(key));
    // Ids 1 and 2 are those of the audit events of the two keys.
    expect(idsOn(it)).toEqual([publicId(key, 'id-000003'), publicId(key, 'id-000004')]);
  });

  test('is not in a 503, which has the ids with which the page can send everything again', async () => {
    const { it, key } = await setUp();
    it.log.reachable = false;
    const single = await post(it.app, '/api/logs', { ...draft, id: null }, fromPage(key));
    expect(single.json()).toMatchObject({ status: 503, ids: ['id-000003'] });
    const batch = await post(it.app, '/api/logs/batch', [draft, {}], fromPage(key));
    expect(batch.json()).toMatchObject({ status: 503, ids: ['a', null] });
  });
});

describe('an id that begins with pk.', () => {
  test('is refused with any other key', async () => {
    const { it } = await setUp();
    const secretKey = await makeKey(it, { scopes: ['write'], project: 'shop' });
    const errors = [
      { path: '/id', message: 'must not begin with "pk.", which is reserved for ids of public keys' },
    ];
    for (const headers of [asRoot(), { 'x-api-key': secretKey.secret }])
      for (const id of ['pk.', 'pk.a', `pk.${'x'.repeat(43)}`]) {
        const single = await post(it.app, '/api/logs', { ...draft, id }, headers);
        expect([single.statusCode, single.json<{ errors: unknown }>().errors]).toEqual([422, errors]);
        const { id: _, ...withoutId } = draft;
        const byHeader = await post(it.app, '/api/logs', withoutId, {
          ...headers,
          'idempotency-key': `"${id}"`,
        });
        expect([byHeader.statusCode, byHeader.json<{ errors: unknown }>().errors]).toEqual([422, errors]);
        const batch = await post(it.app, '/api/logs/batch', [draft, { ...draft, id }], headers);
        expect(batch.json()).toMatchObject({ accepted: 1, rejected: [{ index: 1, errors }] });
      }
    expect(new Set(idsOn(it))).toEqual(new Set(['a']));
  });

  test('is replaced in a call of another key, which is never lost', async () => {
    const { it } = await setUp();
    await post(it.app, '/v1/track', { messageId: 'pk.a', userId: 'ann', event: 'E' }, asRoot());
    const digest = createHash('sha256').update('pk.a').digest('base64url');
    expect(idsOn(it)).toEqual([`pk_a~${digest}`]);
  });

  test.each(['pk', 'PK.a', 'a.pk.', 'pk_a', 'ppk.a'])(
    '%s is accepted, because it begins otherwise',
    async (id) => {
      const { it } = await setUp();
      expect((await post(it.app, '/api/logs', { ...draft, id }, asRoot())).statusCode).toBe(202);
    },
  );
});

test('responses mark an activity of a public key, and no other activity', async () => {
  const { it, key } = await setUp();
  await post(it.app, '/api/logs', draft, fromPage(key));
  await post(it.app, '/api/logs', draft, asRoot({ 'x-project': 'shop' }));
  await it.repository.save(
    it.logged().flatMap(({ content }) => (content.name === 'ActivityLogged' ? [content.activity] : [])),
  );
  const page = await it.app.inject({ url: '/api/logs', headers: asRoot({ 'x-project': 'shop' }) });
  const { data } = page.json<{ data: { id: string; source?: string }[] }>();
  expect(new Map(data.map(({ id, source }) => [id, source]))).toEqual(
    new Map([
      ['a', undefined],
      [publicId(key, 'a'), 'public'],
    ]),
  );
});

test('the dead letter of a call has the derived id, and replaces no letter of another sender', async () => {
  const { it, key, other } = await setUp();
  const faulty = { messageId: 'm', event: 'NOBODY' };
  const inShop = { 'x-project': 'shop' };
  for (const headers of [asRoot(inShop), fromPage(key), fromPage(key), fromPage(other)])
    expect((await post(it.app, '/v1/track', faulty, headers)).json()).toMatchObject({ success: false });
  const page = await it.app.inject({ url: '/api/dead-letters', headers: asRoot(inShop) });
  const { data } = page.json<{ data: { activityId: string; headers: object }[] }>();
  const marked = { 'user-activity-source': [{ text: 'public' }] };
  expect(new Map(data.map(({ activityId, headers }) => [activityId, headers]))).toEqual(
    new Map<string, object>([
      ['m', {}],
      [publicId(key, 'm'), marked],
      [publicId(other, 'm'), marked],
    ]),
  );
  expect(data).toHaveLength(3);
});
