import {
  AccessKey,
  type Clock,
  DomainError,
  type KeyRepository,
  Principal,
  type Scope,
  Timestamp,
  WebOrigin,
} from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { makeRefreshKeys } from '../src/access/key-table.ts';
import { accessKey, digestOf, graceMs, keySetUp } from './access-keys.ts';

const outage = expect.objectContaining({ code: 'STORE_UNAVAILABLE' }) as unknown;
const otherGraceMs = 60_000;

const after = (clock: Clock, millis: number): Timestamp => Timestamp.fromMillis(clock.now() + millis);

/** A repository whose reads the test ends, each by its number from 0. */
function heldReads() {
  const reads: PromiseWithResolvers<readonly AccessKey[]>[] = [];
  const keys: Pick<KeyRepository, 'findAll'> = {
    findAll() {
      const read = Promise.withResolvers<readonly AccessKey[]>();
      reads.push(read);
      return read.promise;
    },
  };
  const end = (number: number, result: readonly AccessKey[] | Error): void => {
    if (result instanceof Error) reads[number]?.reject(result);
    else reads[number]?.resolve(result);
  };
  return { keys, end };
}

describe('the origins of public keys', () => {
  const [shop, blog] = WebOrigin.parseList(['https://shop.example', 'https://blog.example']) as [
    WebOrigin,
    WebOrigin,
  ];

  test('are allowed as long as a key with these origins is valid', async () => {
    const { clock, keys, keyTable } = keySetUp();
    expect(keyTable.allowsOrigin(shop)).toBe(false);
    await keys.add(
      accessKey(1, clock, { origins: [shop, blog], expiresAt: after(clock, 1000) }),
      clock.now(),
    );
    const key = accessKey(2, clock, { origins: [blog] });
    await keys.add(key, clock.now());
    await keyTable.refresh(keys);
    const allowed = () =>
      [shop, blog, 'null', 'https://SHOP.example'].map((origin) => keyTable.allowsOrigin(origin));
    expect(allowed()).toEqual([true, true, false, false]);
    clock.advance(1000);
    expect(allowed()).toEqual([false, true, false, false]);
    await keys.replace(AccessKey.revoked(key, clock.now()));
    await keyTable.refresh(keys);
    expect(allowed()).toEqual([false, false, false, false]);
  });

  test('are allowed while the store is down, so that pages can read why their requests are refused', async () => {
    const { store, clock, time, keys, keyTable } = keySetUp();
    await keys.add(accessKey(1, clock, { origins: [shop] }), clock.now());
    await keyTable.refresh(keys);
    store.reachable = false;
    await expect(keyTable.refresh(keys)).rejects.toEqual(outage);
    time.ms = graceMs + 1;
    expect(keyTable.authenticate(digestOf(1), 'write')).toBe('unavailable');
    expect(keyTable.allowsOrigin(shop)).toBe(true);
  });
});

describe('while the store is up', () => {
  test('a secret of a known key gives its owner, and any other secret is unknown', async () => {
    const { clock, keys, keyTable } = keySetUp();
    const key = accessKey(1, clock);
    await keys.add(key, clock.now());
    await makeRefreshKeys({ keys, keyTable })();
    for (const scope of ['write', 'read', 'admin', undefined] as const)
      expect(keyTable.authenticate(digestOf(1), scope)).toEqual(Principal.of(key));
    expect(keyTable.authenticate(digestOf(2), 'write')).toBe('unknown');
  });

  test('a key works until it expires, even if that is between two reads', async () => {
    const { clock, keys, keyTable } = keySetUp();
    await keys.add(accessKey(1, clock, { expiresAt: after(clock, 1000) }), clock.now());
    await keyTable.refresh(keys);
    clock.advance(999);
    expect(keyTable.authenticate(digestOf(1), 'write')).toMatchObject({ project: 'shop' });
    clock.advance(1);
    expect(keyTable.authenticate(digestOf(1), 'write')).toBe('expired');
  });

  test('a revoked key is refused from the next read on, even if it would have expired later', async () => {
    const { clock, keys, keyTable } = keySetUp();
    const key = accessKey(1, clock, { expiresAt: after(clock, 1000) });
    await keys.add(key, clock.now());
    await keyTable.refresh(keys);
    await keys.replace(AccessKey.revoked(key, clock.now()));
    expect(keyTable.authenticate(digestOf(1), 'write')).toEqual(Principal.of(key));
    await keyTable.refresh(keys);
    expect(keyTable.authenticate(digestOf(1), 'write')).toBe('revoked');
    clock.advance(1000);
    expect(keyTable.authenticate(digestOf(1), 'write')).toBe('revoked');
  });

  test('after rotations, the earlier secrets work until the overlap ends', async () => {
    const { clock, keys, keyTable } = keySetUp();
    const first = AccessKey.rotated(accessKey(1, clock), digestOf(2), after(clock, 5000));
    const second = AccessKey.rotated(first, digestOf(3), after(clock, 1000));
    await keys.add(second, clock.now());
    await keyTable.refresh(keys);
    const states = () => [1, 2, 3].map((number) => keyTable.authenticate(digestOf(number), 'read'));
    const owner = Principal.of(second);
    expect(states()).toEqual([owner, owner, owner]);
    clock.advance(1000);
    expect(states()).toEqual(['expired', 'expired', owner]);
  });

  test('a key that was removed from the store is unknown after the next read', async () => {
    const { store, clock, keys, keyTable } = keySetUp();
    await keys.add(accessKey(1, clock), clock.now());
    await keyTable.refresh(keys);
    store.keys.clear();
    await keyTable.refresh(keys);
    expect(keyTable.authenticate(digestOf(1), 'read')).toBe('unknown');
  });
});

describe('before the first read', () => {
  test('every key is unavailable', () => {
    expect(keySetUp().keyTable.authenticate(digestOf(1), 'write')).toBe('unavailable');
  });

  test('a failed first read changes nothing, and the next one can succeed', async () => {
    const { store, clock, keys, keyTable } = keySetUp();
    await keys.add(accessKey(1, clock), clock.now());
    store.reachable = false;
    await expect(keyTable.refresh(keys)).rejects.toEqual(outage);
    for (const number of [1, 2]) expect(keyTable.authenticate(digestOf(number), 'write')).toBe('unavailable');
    store.reachable = true;
    await keyTable.refresh(keys);
    expect(keyTable.authenticate(digestOf(1), 'write')).toMatchObject({ project: 'shop' });
    expect(keyTable.authenticate(digestOf(2), 'write')).toBe('unknown');
  });
});

describe('during an outage of the store', () => {
  /** Reads keys 1 (valid), 2 (it expires in 1 s) and 3 (revoked) at time 0. Then the store fails. */
  async function inOutage() {
    const setUp = keySetUp();
    const { store, clock, keys, keyTable } = setUp;
    await keys.add(accessKey(1, clock), clock.now());
    await keys.add(accessKey(2, clock, { expiresAt: after(clock, 1000) }), clock.now());
    await keys.add(accessKey(3, clock, { revokedAt: clock.now() }), clock.now());
    await keyTable.refresh(keys);
    store.reachable = false;
    await expect(keyTable.refresh(keys)).rejects.toEqual(outage);
    return setUp;
  }

  test('an unknown key is unavailable at once, because it may be new, and unknown again after the outage', async () => {
    const { store, keys, keyTable } = await inOutage();
    expect(keyTable.authenticate(digestOf(4), 'write')).toBe('unavailable');
    store.reachable = true;
    await keyTable.refresh(keys);
    expect(keyTable.authenticate(digestOf(4), 'write')).toBe('unknown');
  });

  test.each<[Scope | undefined, number]>([
    ['write', graceMs],
    ['read', otherGraceMs],
    ['dead-letters', otherGraceMs],
    ['metrics', otherGraceMs],
    ['erase', otherGraceMs],
    ['admin', otherGraceMs],
    [undefined, otherGraceMs],
  ])('for the scope %s, a known key works for %i ms after the last read', async (scope, limit) => {
    const { time, store, keys, keyTable } = await inOutage();
    time.ms = limit;
    expect(keyTable.authenticate(digestOf(1), scope)).toMatchObject({ project: 'shop' });
    time.ms = limit + 1;
    expect(keyTable.authenticate(digestOf(1), scope)).toBe('unavailable');
    store.reachable = true;
    await keyTable.refresh(keys);
    expect(keyTable.authenticate(digestOf(1), scope)).toMatchObject({ project: 'shop' });
  });

  test('further failed reads do not extend the time', async () => {
    const { time, keys, keyTable } = await inOutage();
    time.ms = graceMs;
    await expect(keyTable.refresh(keys)).rejects.toEqual(outage);
    time.ms += 1;
    expect(keyTable.authenticate(digestOf(1), 'write')).toBe('unavailable');
  });

  test('revoked keys stay revoked, and keys expire', async () => {
    const { time, clock, keyTable } = await inOutage();
    time.ms = graceMs;
    expect(keyTable.authenticate(digestOf(3), 'write')).toBe('revoked');
    expect(keyTable.authenticate(digestOf(2), 'write')).toMatchObject({ project: 'shop' });
    clock.advance(1000);
    expect(keyTable.authenticate(digestOf(2), 'write')).toBe('expired');
    time.ms = graceMs + 1;
    expect(keyTable.authenticate(digestOf(2), 'write')).toBe('expired');
  });
});

describe('concurrent reads', () => {
  test('an older read that ends later changes nothing', async () => {
    const { clock, keyTable } = keySetUp();
    const { keys, end } = heldReads();
    const reads = [keyTable.refresh(keys), keyTable.refresh(keys)];
    end(1, [accessKey(1, clock, { revokedAt: clock.now() })]);
    await reads[1];
    end(0, [accessKey(1, clock), accessKey(2, clock)]);
    await reads[0];
    expect(keyTable.authenticate(digestOf(1), 'write')).toBe('revoked');
    expect(keyTable.authenticate(digestOf(2), 'write')).toBe('unknown');
  });

  test('an older read that fails later changes nothing', async () => {
    const { clock, keyTable } = keySetUp();
    const { keys, end } = heldReads();
    const reads = [keyTable.refresh(keys), keyTable.refresh(keys)];
    end(1, [accessKey(1, clock)]);
    await reads[1];
    end(0, new DomainError('STORE_TIMEOUT', 'late'));
    await expect(reads[0]).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
    expect(keyTable.authenticate(digestOf(2), 'write')).toBe('unknown');
  });

  test('the result of a read is as old as its start', async () => {
    const { clock, time, keyTable } = keySetUp();
    const { keys, end } = heldReads();
    const read = keyTable.refresh(keys);
    time.ms = otherGraceMs + 1;
    end(0, [accessKey(1, clock)]);
    await read;
    expect(keyTable.authenticate(digestOf(1), 'read')).toBe('unavailable');
    expect(keyTable.authenticate(digestOf(2), 'read')).toBe('unavailable');
  });

  test('while a read hangs, an unknown key counts as unavailable after 10 s', async () => {
    const { clock, time, keyTable } = keySetUp();
    const { keys, end } = heldReads();
    const first = keyTable.refresh(keys);
    end(0, [accessKey(1, clock)]);
    await first;
    void keyTable.refresh(keys);
    time.ms = 10_000;
    expect(keyTable.authenticate(digestOf(2), 'write')).toBe('unknown');
    time.ms = 10_001;
    expect(keyTable.authenticate(digestOf(2), 'write')).toBe('unavailable');
    expect(keyTable.authenticate(digestOf(1), 'read')).toMatchObject({ project: 'shop' });
  });
});
