import { KeyProject, maxAccessKeys, maxProjectKeys, Principal, Timestamp } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { accessKey } from './access-keys.ts';
import { adminOf, blog, draftOf, managedKeys, minute, shop } from './managed-keys.ts';

const refusalAt = (path: string, message: RegExp): unknown =>
  expect.objectContaining({
    code: 'INVALID_ACTIVITY',
    violations: [{ path, message: expect.stringMatching(message) as string }],
  });
const outage = expect.objectContaining({ code: 'STORE_UNAVAILABLE' }) as unknown;

describe('creation', () => {
  test('a new key works at once in this process, and the store has no secret', async () => {
    const { clock, store, created, stored, stateOf } = managedKeys();
    const expiresAt = Timestamp.fromMillis(clock.now() + minute);
    const { key, secret } = await created({ expiresAt });
    expect(stored()).toEqual([key]);
    expect(key).toMatchObject({ name: 'till', project: 'shop', scopes: ['write'], expiresAt, revision: 0 });
    expect(key.createdAt).toBe(clock.now());
    expect(secret.startsWith(`ua_${key.id}_`)).toBe(true);
    expect(stateOf(key)).toEqual(Principal.of(key));
    expect(JSON.stringify([...store.keys.values()])).not.toContain(secret.slice(-43));
  });

  test('a key that never expires has no field expiresAt', async () => {
    const { created } = managedKeys();
    expect((await created()).key).not.toHaveProperty('expiresAt');
  });

  test('an admin of a project can make keys only for this project', async () => {
    const { create, stored } = managedKeys();
    expect(await create(adminOf(shop), draftOf())).toMatchObject({ key: { project: 'shop' } });
    for (const project of [blog, KeyProject.operator])
      expect(await create(adminOf(shop), draftOf({ project }))).toBe('forbidden');
    expect(stored()).toHaveLength(1);
  });

  test('an operator can make keys for every project, and for operators', async () => {
    const { create, stored } = managedKeys();
    for (const project of [shop, blog, KeyProject.operator])
      expect(await create(adminOf('*'), draftOf({ project }))).toMatchObject({ key: { project } });
    expect(stored()).toHaveLength(3);
  });

  test.each([0, -1])('a key that would expire %i ms after now is refused', async (millis) => {
    const { clock, created, stored } = managedKeys();
    const expiresAt = Timestamp.fromMillis(clock.now() + millis);
    await expect(created({ expiresAt })).rejects.toEqual(refusalAt('/expiresAt', /future/));
    expect(stored()).toEqual([]);
  });

  test('an id that is taken is not used again', async () => {
    const { clock, sound, created, stored } = managedKeys();
    // The generator of secrets begins with this id.
    const taken = accessKey(1, clock);
    await sound.add(taken, clock.now());
    const { key, secret } = await created();
    expect(key.id).toBe('0000000000000002');
    expect(secret).toContain(key.id);
    expect(stored()).toEqual([taken, key]);
  });

  test('while the store is unavailable, no key is made', async () => {
    const { store, created, stored } = managedKeys();
    store.reachable = false;
    await expect(created()).rejects.toEqual(outage);
    expect(stored()).toEqual([]);
  });
});

describe('too many keys', () => {
  test('a project has a maximum number of valid keys, which other projects do not use up', async () => {
    const { clock, sound, created, revoke } = managedKeys();
    const keys = Array.from({ length: maxProjectKeys }, (_, index) => accessKey(1000 + index, clock));
    const ended = accessKey(1, clock, { expiresAt: clock.now() });
    for (const key of [ended, ...keys]) await sound.add(key, clock.now());
    await expect(created()).rejects.toEqual(refusalAt('/project', /^has 100 keys.*revoke one/));
    await created({ project: blog });
    await created({ project: '*' });
    await revoke(Principal.root, accessKey(1000, clock).id, undefined);
    await created();
    await expect(created()).rejects.toEqual(refusalAt('/project', /100 keys/));
  });

  test('a deployment has a maximum number of keys, and the key that ended first makes room for a new one', async () => {
    const { clock, sound, created, stored, revoke } = managedKeys();
    for (let number = 0; number < maxAccessKeys; number += 1) {
      const project = KeyProject.parse(`project-${number % 20}`);
      await sound.add(accessKey(10_000 + number, clock, { project }), clock.now());
    }
    await expect(created()).rejects.toEqual(refusalAt('', /^the deployment has 1000 keys.*revoke one/));
    const { id } = accessKey(10_007, clock);
    await revoke(Principal.root, id, undefined);
    const { key } = await created();
    const ids = stored().map((each) => each.id);
    expect(ids).toHaveLength(maxAccessKeys);
    expect(ids).toContain(key.id);
    expect(ids).not.toContain(id);
  });
});

describe('listing', () => {
  test('the oldest key is first, and admins see only the keys of their project', async () => {
    const { clock, created, find, revoke } = managedKeys();
    const first = (await created({ project: blog })).key;
    const second = (await created({ project: '*' })).key;
    clock.advance(-1);
    const oldest = (await created()).key;
    const revoked = await revoke(Principal.root, oldest.id, undefined);
    expect(await find(Principal.root, undefined)).toEqual([revoked, first, second]);
    expect(await find(adminOf('*'), '*')).toEqual([second]);
    expect(await find(adminOf('*'), blog)).toEqual([first]);
    expect(await find(adminOf(blog), undefined)).toEqual([first]);
    expect(await find(adminOf(blog), blog)).toEqual([first]);
    for (const project of [shop, KeyProject.operator]) expect(await find(adminOf(blog), project)).toEqual([]);
  });
});
