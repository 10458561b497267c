import {
  type AccessKey,
  KeyId,
  type KeyProject,
  maxSecrets,
  Principal,
  Timestamp,
} from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { tableOf } from './access-keys.ts';
import { adminOf, blog, managedKeys, minute, rotated, shop } from './managed-keys.ts';

describe('revocation', () => {
  test('this process refuses the key at once, and another process after its next read', async () => {
    const { clock, time, sound, created, revoke, stateOf } = managedKeys();
    const other = tableOf(clock, time);
    const { key } = await created();
    await other.refresh(sound);
    await revoke(adminOf(shop), key.id, shop);
    expect(stateOf(key)).toBe('revoked');
    expect(other.authenticate(key.secrets[0].digest, 'write')).toEqual(Principal.of(key));
    await other.refresh(sound);
    expect(other.authenticate(key.secrets[0].digest, 'write')).toBe('revoked');
  });

  test('a second revocation changes nothing', async () => {
    const { clock, created, revoke, stored } = managedKeys();
    const { key } = await created();
    const revoked = await revoke(Principal.root, key.id, undefined);
    expect(revoked).toEqual({ ...key, revokedAt: clock.now(), revision: 1 });
    clock.advance(minute);
    expect(await revoke(Principal.root, key.id, undefined)).toEqual(revoked);
    expect(stored()).toEqual([revoked]);
  });

  test.each<[string, Principal, KeyProject | undefined]>([
    ['of another project', adminOf(blog), undefined],
    ['of another project than the request names', Principal.root, blog],
    ['of a project, if operators are named,', Principal.root, '*'],
  ])('a key %s is absent', async (_, principal, project) => {
    const { created, revoke, rotate, stored } = managedKeys();
    const { key } = await created();
    expect(await revoke(principal, key.id, project)).toBe('absent');
    expect(await rotate(principal, key.id, minute, project)).toBe('absent');
    expect(stored()).toEqual([key]);
  });

  test('an admin of a project can not revoke the key of an operator', async () => {
    const { created, revoke, stored } = managedKeys();
    const { key } = await created({ project: '*' });
    expect(await revoke(adminOf(shop), key.id, undefined)).toBe('absent');
    expect(stored()).toEqual([key]);
  });

  test('an unknown key is absent', async () => {
    const { revoke, rotate } = managedKeys();
    const id = KeyId.parse('a'.repeat(16));
    expect(await revoke(Principal.root, id, undefined)).toBe('absent');
    expect(await rotate(Principal.root, id, minute, undefined)).toBe('absent');
  });
});

describe('rotation', () => {
  test('both secrets work during the overlap, and then the new one alone', async () => {
    const service = managedKeys();
    const { clock, created, stateOf, stored } = service;
    const before = await created();
    const { key, secret } = await rotated(service, before.key);
    expect(stored()).toEqual([key]);
    expect(secret).not.toBe(before.secret);
    expect(key).toMatchObject({ id: before.key.id, revision: 1 });
    expect(key.secrets).toHaveLength(2);
    clock.advance(minute - 1);
    expect([stateOf(key), stateOf(before.key)]).toEqual([Principal.of(key), Principal.of(key)]);
    clock.advance(1);
    expect([stateOf(key), stateOf(before.key)]).toEqual([Principal.of(key), 'expired']);
  });

  test('without an overlap, the previous secret ends at once', async () => {
    const service = managedKeys();
    const before = await service.created();
    const { key } = await rotated(service, before.key, 0);
    expect([service.stateOf(key), service.stateOf(before.key)]).toEqual([Principal.of(key), 'expired']);
  });

  test('a repeated rotation, after a lost response, does not end the secret that clients know', async () => {
    const service = managedKeys();
    const before = await service.created();
    const first = await rotated(service, before.key);
    const second = await rotated(service, before.key);
    const states = () => [second.key, first.key, before.key].map((key) => service.stateOf(key));
    const owner = Principal.of(second.key);
    expect(states()).toEqual([owner, owner, owner]);
    service.clock.advance(minute);
    expect(states()).toEqual([owner, 'expired', 'expired']);
  });

  test('a rotation without an overlap ends all older secrets at once, and a longer overlap later does not prolong them', async () => {
    const service = managedKeys();
    const before = await service.created();
    const first = await rotated(service, before.key, minute);
    const second = await rotated(service, before.key, 2 * minute);
    const states = (latest: AccessKey) =>
      [latest, second.key, first.key, before.key].map((key) => service.stateOf(key));
    service.clock.advance(minute);
    const owner = Principal.of(second.key);
    expect(states(second.key)).toEqual([owner, owner, owner, 'expired']);
    const third = await rotated(service, before.key, 0);
    expect(states(third.key)).toEqual([Principal.of(third.key), 'expired', 'expired', 'expired']);
  });

  test('repeated rotations end the oldest secrets, so that the number of secrets is limited', async () => {
    const service = managedKeys();
    const keys = [(await service.created()).key];
    for (let times = 0; times < maxSecrets; times += 1)
      keys.push((await rotated(service, keys[0] as AccessKey)).key);
    const states = keys.map((key) => service.stateOf(key));
    expect(states).toEqual([
      'unknown',
      ...Array.from({ length: maxSecrets }, () => Principal.of(keys[0] as AccessKey)),
    ]);
  });

  test('a key that has expired or was revoked can not be rotated', async () => {
    const { clock, created, revoke, rotate, stored } = managedKeys();
    const { key } = await created({ expiresAt: Timestamp.fromMillis(clock.now() + minute) });
    const revoked = (await created()).key;
    await revoke(Principal.root, revoked.id, undefined);
    clock.advance(minute);
    const before = stored();
    for (const { id } of [key, revoked])
      expect(await rotate(Principal.root, id, minute, undefined)).toBe('ended');
    expect(stored()).toEqual(before);
  });
});
