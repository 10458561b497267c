import { describe, expect, test } from 'vitest';
import { activity, methodsOf, recordedOf } from './erased-users.ts';
import { anonymiser } from './erasing.ts';
import { nothing, settleMs, setUp, throwNoKey } from './swept-users.ts';

describe('many erasures', () => {
  /** Records erasures of many users, each with one activity. */
  const recordMany = async (it: Awaited<ReturnType<typeof setUp>>, count: number, mode?: 'anonymise') => {
    for (let index = 0; index < count; index += 1) {
      const userId = `many-${index}`;
      await it.ledger.record(recordedOf(100, mode, { id: userId, userId, second: -1 - (index % 7) }));
      await it.save([1, activity(`of-${userId}`, -10, { userId })]);
    }
  };

  test('are all begun by one sweep', async () => {
    const it = await setUp([1]);
    await recordMany(it, 2500);
    expect(await it.sweep('erasure')).toEqual({ ...nothing, forgotten: 2501 });
    expect(it.left()).toEqual([]);
    it.time.now = settleMs;
    await it.sweep('erasure');
    expect(await it.ledger.findOpen(1)).toEqual([]);
  });

  test('wait while a process has 10,000 others under way', async () => {
    const it = await setUp([]);
    await recordMany(it, 10_001);
    expect(await it.sweep('erasure')).toEqual({ ...nothing, forgotten: 10_000 });
    expect(it.left()).toHaveLength(1);
    it.time.now = settleMs;
    // Each finished erasure makes room for another one.
    expect(await it.sweep('erasure')).toEqual({ ...nothing, forgotten: 1 });
    it.time.now = 2 * settleMs;
    await it.sweep('erasure');
    expect(await it.ledger.findOpen(1)).toEqual([]);
  });

  test('that can not be carried out for lack of a key do not delay other erasures', async () => {
    const it = await setUp([1]);
    await recordMany(it, 1500, 'anonymise');
    const sweep = it.process({ anonymiser: { ...anonymiser, replace: throwNoKey } });
    await expect(sweep('erasure')).rejects.toThrow('no key');
    expect(it.left()).toHaveLength(1500);
    expect(it.left()).not.toContain('at-1 of user-1');
  });

  test('with little work each share their pauses', async () => {
    const it = await setUp([]);
    await recordMany(it, 30);
    const pauses: number[] = [];
    const sweep = it.process({
      pauseSweep: async (tookMs) => void pauses.push(tookMs),
      ledger: {
        ...methodsOf(it.ledger),
        removeLetters: async () => {
          it.time.now += 10;
          return 0;
        },
      },
    });
    await sweep('erasure');
    expect(pauses).toEqual([50, 50, 50, 50, 50, 50]);
  });
});
