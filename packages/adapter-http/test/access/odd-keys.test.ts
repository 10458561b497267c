import { Scope } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { post, refusal, seen, type Service, service } from '../service.ts';
import { asRoot, type KeyBody, makeKey, rootKey } from './key-requests.ts';

const draft = { userId: 'ann', type: 'LOGIN' };
const call = { userId: 'ann', event: 'login' };
const projectsLogged = (it: Service): readonly unknown[] =>
  it.logged().map(({ content }) => content.name === 'ActivityLogged' && content.activity.project);

/** Makes a key of the project shop on a service without root keys. */
async function openKey({ app }: Service, scopes: readonly Scope[]): Promise<KeyBody> {
  const made = await post(app, '/api/keys', { name: 'a key', scopes, project: 'shop' });
  expect(made.statusCode).toBe(201);
  return made.json<KeyBody>();
}

describe('a writeKey on a service without root keys', () => {
  test('logs into its project, alone and beside a text that is not a key', async () => {
    const it = await service();
    const { id, secret } = await openKey(it, ['write']);
    const basic = { authorization: `Basic ${Buffer.from('any-key:').toString('base64')}` };
    expect((await post(it.app, '/v1/track', { ...call, writeKey: secret })).statusCode).toBe(200);
    expect((await post(it.app, '/v1/batch', { writeKey: secret, batch: [call] }, basic)).statusCode).toBe(
      200,
    );
    expect(projectsLogged(it)).toEqual(['shop', 'shop']);
    expect(it.lines.filter((line) => line.includes(`"key":"${id}"`))).toHaveLength(2);
  });

  test('is refused if it is revoked, truncated, of another project, or without the scope', async () => {
    const it = await service();
    const { id, secret } = await openKey(it, ['write']);
    const reader = await openKey(it, ['read']);
    const send = async (writeKey: string, headers: Record<string, string> = {}) =>
      (await post(it.app, '/v1/track', { ...call, writeKey }, headers)).statusCode;
    expect(await send(secret, { 'x-project': 'forum' })).toBe(403);
    expect(await send(reader.secret)).toBe(403);
    expect(await send(secret.slice(0, -1))).toBe(401);
    await it.app.inject({ method: 'DELETE', url: `/api/keys/${id}` });
    expect(await send(secret)).toBe(401);
    expect(it.logged()).toEqual([]);
  });

  test('is ignored if it is any other text', async () => {
    const it = await service();
    for (const writeKey of ['any-key', 'nua_', 7, null])
      expect((await post(it.app, '/v1/track', { ...call, writeKey })).statusCode).toBe(200);
    const inText = { ...call, properties: { note: 'ua_' } };
    expect((await post(it.app, '/v1/track', inText)).statusCode).toBe(200);
    expect(projectsLogged(it)).toEqual(Array.from({ length: 5 }, () => 'default'));
  });
});

test('a truncated secret is refused, also without root keys', async () => {
  const it = await service();
  const { secret } = await openKey(it, ['write']);
  for (const text of [secret.slice(0, -1), `${secret}x`, 'ua_', `ua_${'F'.repeat(16)}_${'x'.repeat(43)}`])
    expect(seen(await post(it.app, '/api/logs', draft, { 'x-api-key': text }))).toMatchObject(
      refusal(401, /^A valid API key is required/),
    );
  expect(it.logged()).toEqual([]);
});

describe('a key in the URL', () => {
  const urls = (key: string): readonly string[] => [
    `/v1/track?writeKey=${key}`,
    `/v1/batch?a=1&write_key=${key}`,
    `/api/logs?access_token=${key}`,
    `/api/logs?api_key=${key}`,
    `/api/logs?apiKey=${key}`,
    '/api/keys?X=1&API-KEY=',
    `/?key=ua_0123456789abcdef_${'x'.repeat(43)}`,
    `/api/logs?metadata.key=ua_0123456789abcdef_${'x'.repeat(43)}`,
    `/docs?token=ua_0123456789abcdef_`,
    `/nothing?apikey=${key}`,
  ];

  test.each(['GET', 'POST', 'HEAD', 'OPTIONS'] as const)('is refused for %s', async (method) => {
    const it = await service({ apiKeys: [rootKey] });
    const { secret } = await makeKey(it, { scopes: Scope.all, project: 'shop' });
    for (const headers of [{}, { 'x-api-key': secret }])
      for (const url of [...urls(secret), ...urls('unknown')]) {
        const response = await it.app.inject({ method, url, headers });
        // The response to HEAD has no body.
        const detail = method === 'HEAD' ? '' : 'The URL has an API key, and URLs end up in logs.';
        expect([url, response.statusCode, response.body]).toEqual([
          url,
          400,
          expect.stringContaining(detail),
        ]);
      }
    expect(it.logged()).toEqual([]);
    expect(it.lines.join('')).not.toContain(secret.slice(-43));
  });

  test('is refused without root keys too, and similar names are not', async () => {
    const it = await service();
    expect((await post(it.app, '/v1/track?writeKey=any', call)).statusCode).toBe(400);
    expect((await post(it.app, '/v1/track?monkey=1&sentAt=2', call)).statusCode).toBe(200);
    for (const url of ['/api/logs?userId=ann&metadata.apiKey=1', '/api/logs?userId=ua_1', '/api/logs/a=ua_'])
      expect([url, (await it.app.inject(url)).statusCode]).not.toEqual([url, 400]);
  });
});

describe('two keys in the headers', () => {
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  test('are refused if both are valid and have different owners', async () => {
    const it = await service({ apiKeys: [rootKey, 'second-root-key'] });
    const [shop, forum] = [
      await makeKey(it, { scopes: Scope.all, project: 'shop' }),
      await makeKey(it, { scopes: Scope.all, project: 'forum' }),
    ];
    for (const headers of [
      { 'x-api-key': shop.secret, ...bearer(forum.secret) },
      { 'x-api-key': shop.secret, ...bearer(rootKey) },
      asRoot(bearer(shop.secret)),
    ])
      expect(seen(await post(it.app, '/api/logs', draft, headers))).toMatchObject(
        refusal(400, /^The request has valid API keys of two owners/),
      );
    expect(it.logged()).toEqual([]);
  });

  test('count as one if they have the same owner, or if one of them is unknown', async () => {
    const it = await service({ apiKeys: [rootKey, 'second-root-key'] });
    const { secret } = await makeKey(it, { scopes: Scope.all, project: 'shop' });
    for (const headers of [
      { 'x-api-key': secret, ...bearer(secret) },
      { 'x-api-key': secret, ...bearer('unknown') },
      { 'x-api-key': 'unknown', ...bearer(secret) },
      asRoot(bearer('second-root-key')),
    ])
      expect((await post(it.app, '/api/logs', draft, headers)).statusCode).toBe(202);
  });
});

test('while the keys cannot be read, a refusal logs no stack, because there may be thousands', async () => {
  const it = await service({ apiKeys: [rootKey] });
  it.store.reachable = false;
  await expect(it.refreshKeys()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const unknown = `ua_0123456789abcdef_${'x'.repeat(43)}`;
  expect((await post(it.app, '/api/logs', draft, { 'x-api-key': unknown })).statusCode).toBe(503);
  const lines = it.lines.filter((line) => line.includes('The API keys cannot be read'));
  expect(lines).toEqual([expect.not.stringContaining('stack')]);
});
