import { describe, expect, test } from 'vitest';
import { AccessKey, type StoredKey, Timestamp } from '../src/index.ts';

const stored: StoredKey = {
  id: '00000000000000aa',
  name: 'till',
  project: 'shop',
  scopes: ['write', 'read'],
  origins: [],
  limits: {},
  secrets: [{ digest: 'b'.repeat(64) }, { digest: 'a'.repeat(64), expiresAt: 30 }],
  createdAt: 10,
  expiresAt: undefined,
  revokedAt: undefined,
  revision: 1,
};

/** Makes a key that expires and is revoked at these times. */
function keyWith(change: Partial<StoredKey>): AccessKey {
  const key = AccessKey.rehydrate({ ...stored, ...change });
  if (key === undefined) throw new Error('A key with a secret is usable.');
  return key;
}

describe('rehydrate', () => {
  test('keeps every field, and omits expiresAt and revokedAt if they are undefined', () => {
    const { expiresAt: _expiresAt, revokedAt: _revokedAt, ...others } = stored;
    expect(Object.keys(keyWith({})).toSorted()).toEqual(Object.keys(others).toSorted());
    expect(keyWith({})).toEqual(others);
    expect(keyWith({ expiresAt: 40, revokedAt: 50 })).toEqual({ ...others, expiresAt: 40, revokedAt: 50 });
  });

  test('omits scopes that this version does not know', () => {
    expect(keyWith({ scopes: ['export', 'read', 'write'] }).scopes).toEqual(['write', 'read']);
    expect(keyWith({ scopes: ['export'] }).scopes).toEqual([]);
  });

  test('returns undefined for a key without a secret', () => {
    expect(AccessKey.rehydrate({ ...stored, secrets: [] })).toBeUndefined();
  });
});

describe('firstEnded', () => {
  const now = Timestamp.fromMillis(100);

  test('returns the key that expired or was revoked first', () => {
    const keys = [
      keyWith({ id: 'valid', expiresAt: 101 }),
      keyWith({ id: 'revoked', revokedAt: 60 }),
      keyWith({ id: 'revoked and expired', revokedAt: 90, expiresAt: 50 }),
      keyWith({ id: 'expired', expiresAt: 70 }),
    ];
    expect(AccessKey.firstEnded(keys, now)?.id).toBe('revoked and expired');
    expect(AccessKey.firstEnded(keys.toSpliced(2, 1), now)?.id).toBe('revoked');
  });

  test('returns undefined if all keys are valid', () => {
    expect(AccessKey.firstEnded([keyWith({}), keyWith({ expiresAt: 101 })], now)).toBeUndefined();
    expect(AccessKey.firstEnded([], now)).toBeUndefined();
  });

  test('returns a revoked key even if another clock revoked it at a time that is still to come', () => {
    expect(AccessKey.firstEnded([keyWith({ revokedAt: 500 })], now)).toMatchObject({ revokedAt: 500 });
  });
});

describe('a key with origins', () => {
  const origins = ['https://shop.example'];

  test('may only have the scope write, and only in one project', () => {
    expect(AccessKey.isPublic(keyWith({ origins }))).toBe(true);
    expect(AccessKey.violationsOf(keyWith({ origins, scopes: ['write'] }))).toEqual([]);
    const paths = (change: Partial<StoredKey>) =>
      AccessKey.violationsOf(keyWith({ origins, ...change })).map(({ path }) => path);
    expect(paths({ scopes: ['write', 'read'] })).toEqual(['/scopes']);
    expect(paths({ scopes: ['admin'] })).toEqual(['/scopes']);
    expect(paths({ scopes: ['read'], project: '*' })).toEqual(['/scopes', '/project']);
  });

  test('has limits by default, each of which can be replaced', () => {
    expect(AccessKey.limitsOf(keyWith({ origins }))).toEqual({
      itemsPerSecond: 500,
      bytesPerSecond: 1_000_000,
    });
    const limits = { itemsPerSecond: 2, searchMsPerSecond: 3 };
    expect(AccessKey.limitsOf(keyWith({ origins, limits }))).toEqual({
      bytesPerSecond: 1_000_000,
      ...limits,
    });
  });
});

test('a key without origins may have every scope, and has no limits by default', () => {
  const key = keyWith({ scopes: ['admin'], project: '*' });
  expect(AccessKey.isPublic(key)).toBe(false);
  expect(AccessKey.violationsOf(key)).toEqual([]);
  expect(AccessKey.limitsOf(key)).toEqual({});
});
