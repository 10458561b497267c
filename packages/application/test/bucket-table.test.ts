import { ProjectId, type UsageLimits } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { BucketTable } from '../src/access/bucket-table.ts';
import { usageFinder } from '../src/access/usage.ts';
import { ProjectTable } from '../src/projects/project-table.ts';
import { accessKey, keySetUp, tableOf } from './access-keys.ts';

const shop = ProjectId.parse('shop');

describe('the buckets of keys or projects', () => {
  test('exist only for keys or projects with limits, one for each limit', () => {
    const table = new BucketTable<string>(() => 0);
    table.replace([
      ['a', { itemsPerSecond: 1, searchMsPerSecond: 2 }],
      ['b', {}],
    ]);
    expect([...(table.of('a') ?? [])].map(([name, { perSecond }]) => [name, perSecond])).toEqual([
      ['itemsPerSecond', 1],
      ['searchMsPerSecond', 2],
    ]);
    expect(table.of('b')).toBeUndefined();
    expect(table.of('c')).toBeUndefined();
  });

  test('a limit on stored bytes has no bucket', () => {
    const table = new BucketTable<string>(() => 0);
    const limits: UsageLimits = { storedBytes: 5 };
    table.replace([['a', limits]]);
    expect(table.of('a')).toBeUndefined();
  });

  test('a changed limit keeps the debt of its bucket, and a removed limit loses its bucket', () => {
    const table = new BucketTable<string>(() => 0);
    const left = (): number | undefined => table.of('a')?.get('itemsPerSecond')?.wholeTokens(0);
    table.replace([['a', { itemsPerSecond: 10 }]]);
    table.of('a')?.get('itemsPerSecond')?.take(1000, 0);
    for (const itemsPerSecond of [10, 20, 10]) {
      table.replace([['a', { itemsPerSecond, bytesPerSecond: 1 }]]);
      expect(left()).toBe(0);
    }
    table.replace([['a', { bytesPerSecond: 1 }]]);
    expect(left()).toBeUndefined();
    table.replace([]);
    expect(table.of('a')).toBeUndefined();
    table.replace([['a', { itemsPerSecond: 10 }]]);
    expect(left()).toBe(50);
  });
});

describe('the usage of a request', () => {
  test('a rotated key keeps its buckets, and a key without limits any more has none', async () => {
    const { clock, keys, time } = keySetUp();
    const keyTable = tableOf(clock, time);
    const key = accessKey(1, clock, { limits: { itemsPerSecond: 1 } });
    await keys.add(key, clock.now());
    await keyTable.refresh(keys);
    keyTable.buckets.of(key.id)?.get('itemsPerSecond')?.take(3, 0);
    const rotated = { ...key, secrets: [{ digest: 'f'.repeat(64) }] as const, revision: 1 };
    await keys.replace(rotated);
    await keyTable.refresh(keys);
    expect(keyTable.buckets.of(key.id)?.get('itemsPerSecond')?.wholeTokens(0)).toBe(2);
    await keys.replace({ ...rotated, limits: {}, revision: 2 });
    await keyTable.refresh(keys);
    expect(keyTable.buckets.of(key.id)).toBeUndefined();
  });

  test('a refusal by one bucket takes nothing from the other', async () => {
    const { clock, keys, time } = keySetUp();
    const keyTable = tableOf(clock, time);
    const key = accessKey(1, clock, { limits: { itemsPerSecond: 100 } });
    await keys.add(key, clock.now());
    await keyTable.refresh(keys);
    const projectTable = new ProjectTable(undefined, () => time.ms);
    projectTable.replace([{ project: shop, retentionDays: undefined, limits: { itemsPerSecond: 1 } }]);
    const principal = { actor: key.id, project: shop, scopes: key.scopes, origins: [] };
    const usage = usageFinder(keyTable, projectTable, () => time.ms)(principal, shop);
    expect(usage?.refusalBy(['itemsPerSecond'])).toBeUndefined();
    usage?.take('itemsPerSecond', 7);
    expect(usage?.refusalBy(['itemsPerSecond'])).toMatchObject({ owner: 'project', waitMs: 3000, left: 0 });
    expect(usage?.refusalBy(['bytesPerSecond'])).toBeUndefined();
    expect(usage?.states(['itemsPerSecond']).map(({ owner, left }) => [owner, left])).toEqual([
      ['key', 493],
      ['project', 0],
    ]);
    time.ms += 3000;
    expect(usage?.refusalBy(['itemsPerSecond'])).toBeUndefined();
  });

  test('nobody has limits by default', () => {
    const { clock, time } = keySetUp();
    const findUsage = usageFinder(tableOf(clock, time), new ProjectTable(undefined, () => 0), () => 0);
    expect(findUsage({ actor: 'root', project: '*', scopes: [], origins: [] }, shop)).toBeUndefined();
  });
});
