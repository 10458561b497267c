import { Principal } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { managedKeys, minute, rotated } from './managed-keys.ts';

const outage = expect.objectContaining({ code: 'STORE_UNAVAILABLE' }) as unknown;

describe('concurrent changes', () => {
  test('all concurrent rotations succeed, and all their secrets work', async () => {
    const service = managedKeys();
    const { key } = await service.created();
    const results = await Promise.all([1, 2, 3].map(() => rotated(service, key)));
    const last = results.find((each) => each.key.revision === 3)?.key;
    expect(service.stored()).toEqual([last]);
    expect(new Set(results.map((each) => each.key.revision))).toEqual(new Set([1, 2, 3]));
    const states = results
      .toSorted((left, right) => left.key.revision - right.key.revision)
      .map((each) => service.stateOf(each.key));
    const owner = Principal.of(key);
    expect(states).toEqual([owner, owner, owner]);
  });

  test('a key that is revoked and rotated at the same time is revoked', async () => {
    const { created, revoke, rotate, stored } = managedKeys();
    const { key } = await created();
    const [revoked] = await Promise.all([
      revoke(Principal.root, key.id, undefined),
      rotate(Principal.root, key.id, minute, undefined),
    ]);
    expect(stored()).toHaveLength(1);
    expect(stored()[0]).toHaveProperty('revokedAt');
    expect(revoked).toHaveProperty('revokedAt');
  });

  test('a rotation that loses to a revocation changes nothing', async () => {
    // Another process revokes the key after this process has read it and before this process changes it.
    const { clock, created, rotate, stored } = managedKeys((sound) => ({
      async replace(key) {
        const [before] = await sound.findAll();
        if (before?.revokedAt === undefined && before !== undefined)
          await sound.replace({ ...before, revokedAt: before.createdAt, revision: before.revision + 1 });
        return sound.replace(key);
      },
    }));
    const { key } = await created();
    expect(await rotate(Principal.root, key.id, minute, undefined)).toBe('ended');
    expect(stored()).toEqual([{ ...key, revokedAt: clock.now(), revision: 1 }]);
  });

  test('if a key is changed before each of 10 attempts, the call fails with STORE_UNAVAILABLE', async () => {
    let attempts = 0;
    const { created, revoke, stored } = managedKeys(() => ({
      async replace() {
        attempts += 1;
        return 'changed';
      },
    }));
    const { key } = await created();
    await expect(revoke(Principal.root, key.id, undefined)).rejects.toEqual(outage);
    expect(attempts).toBe(10);
    expect(stored()).toEqual([key]);
  });
});

describe('an outage after the change', () => {
  /** The store fails after each change, until `store.reachable` is set again. */
  const failing = () => {
    const service = managedKeys((sound) => ({
      async add(key, now) {
        const outcome = await sound.add(key, now);
        service.store.reachable = false;
        return outcome;
      },
      async replace(key) {
        const outcome = await sound.replace(key);
        service.store.reachable = false;
        return outcome;
      },
    }));
    return service;
  };

  test('the change succeeds, and this process knows it after its next read', async () => {
    const { store, keys, keyTable, created, revoke, rotate, stateOf, stored } = failing();
    const { key } = await created();
    expect(stored()).toEqual([key]);
    expect(stateOf(key)).toBe('unavailable');
    store.reachable = true;
    await keyTable.refresh(keys);
    expect(stateOf(key)).toEqual(Principal.of(key));
    const result = await rotate(Principal.root, key.id, minute, undefined);
    expect(result).toMatchObject({ key: { revision: 1 } });
    store.reachable = true;
    await revoke(Principal.root, key.id, undefined);
    expect(stored()).toMatchObject([{ revision: 2 }]);
    expect(stateOf(key)).toEqual(Principal.of(key));
    store.reachable = true;
    await keyTable.refresh(keys);
    expect(stateOf(key)).toBe('revoked');
  });
});

test('a bug in the repository is not handled like an outage', async () => {
  const bug = new TypeError('x');
  let isBroken = false;
  const { created, revoke, stored } = managedKeys((sound) => ({
    findAll: () => (isBroken ? Promise.reject(bug) : sound.findAll()),
    async replace(key) {
      isBroken = true;
      return sound.replace(key);
    },
  }));
  const { key } = await created();
  await expect(revoke(Principal.root, key.id, undefined)).rejects.toBe(bug);
  expect(stored()[0]).toHaveProperty('revokedAt');
});
