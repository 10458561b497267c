import { describe, expect, test } from 'vitest';
import { post, seen } from '../service.ts';
import { asRoot } from './key-requests.ts';
import { limitedKey, limitProject, limitsSeen } from './limited.ts';

const draft = (id: string) => ({ id, userId: 'ann', type: 'LOGIN' });

describe('a limit of items per second', () => {
  test('refuses more than the items of 5 s, says when to send again, and then accepts', async () => {
    const { it, withKey } = await limitedKey({ itemsPerSecond: 1 });
    const send = (id: string) => post(it.app, '/api/logs', draft(id), withKey);
    for (const [index, left] of [4, 3, 2, 1, 0].entries())
      expect(limitsSeen(await send(`a${index}`))).toEqual({
        status: 202,
        retryAfter: undefined,
        limit: `"key-itemsPerSecond";r=${left};t=1`,
      });
    const refused = await send('b');
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': '1',
      'ratelimit-policy': '"key-itemsPerSecond";q=5;qu="items";w=5',
      ratelimit: '"key-itemsPerSecond";r=0;t=1',
    });
    expect(seen(refused)).toEqual({
      status: 429,
      body: {
        type: 'about:blank',
        title: 'Too Many Requests',
        status: 429,
        detail:
          'This API key has reached its limit itemsPerSecond, which is 1. Nothing was stored. Send the request again in 1 s.',
        errors: [],
      },
    });
    it.keyClock.nowMs += 999;
    expect((await send('b')).statusCode).toBe(429);
    it.keyClock.nowMs += 1;
    expect((await send('b')).statusCode).toBe(202);
    expect(it.logged()).toHaveLength(6);
  });

  test('of one key restricts no other key, and no root key', async () => {
    const { it, withKey } = await limitedKey({ itemsPerSecond: 1 });
    for (let index = 0; index < 6; index += 1) await post(it.app, '/api/logs', draft(`a${index}`), withKey);
    expect((await post(it.app, '/api/logs', draft('b'), withKey)).statusCode).toBe(429);
    const asOperator = await post(it.app, '/api/logs', draft('b'), { ...asRoot(), 'x-project': 'shop' });
    expect(asOperator.statusCode).toBe(202);
    expect(asOperator.headers).not.toHaveProperty('ratelimit');
    expect(asOperator.headers).not.toHaveProperty('ratelimit-policy');
  });

  test('of a project applies to every key, also to root keys', async () => {
    const { it, withKey } = await limitedKey({ itemsPerSecond: 100 });
    await limitProject(it, 'shop', { itemsPerSecond: 1, storedBytes: 9_000_000 });
    for (const [index, headers] of [withKey, asRoot(), withKey, asRoot(), withKey].entries())
      expect(
        (await post(it.app, '/api/logs', draft(`a${index}`), { ...headers, 'x-project': 'shop' })).statusCode,
      ).toBe(202);
    const refused = await post(it.app, '/api/logs', draft('b'), withKey);
    expect(limitsSeen(refused)).toEqual({
      status: 429,
      retryAfter: '1',
      // Nothing was counted against the limit of the key.
      limit: '"key-itemsPerSecond";r=497;t=1, "project-itemsPerSecond";r=0;t=1',
    });
    expect(seen(refused).body).toMatchObject({
      detail: expect.stringMatching(
        /^This project has reached its limit itemsPerSecond, which is 1/,
      ) as unknown,
    });
    expect(
      (await post(it.app, '/api/logs', draft('b'), { ...asRoot(), 'x-project': 'shop' })).statusCode,
    ).toBe(429);
    expect((await post(it.app, '/api/logs', draft('b'), asRoot())).statusCode).toBe(202);
  });
});
