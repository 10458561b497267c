import { MemoryDeadLetterQueue } from '@user-activity/adapter-memory';
import { DomainError, type ErasureLedger, ProjectId } from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { activity, methodsOf, recordedOf } from './erased-users.ts';
import { anonymiser } from './erasing.ts';
import { many, nothing, settleMs, setUp, throwNoKey } from './swept-users.ts';

const dayMs = 24 * 60 * 60 * 1000;

describe('the erasure of a user', () => {
  test('removes the activities and dead letters that it covers, and ends after the last pass', async () => {
    const it = await setUp([1, 99, 101]);
    await it.save(
      [2, activity('x', 0, { userId: 'user-2' })],
      [3, activity('y', 0, { project: ProjectId.parse('shop') })],
    );
    await new MemoryDeadLetterQueue(it.store).add([letterOf(98), letterOf(102)]);
    expect(await it.sweep('erasure')).toEqual({ ...nothing, forgotten: 2, letters: 1 });
    expect(it.left()).toEqual(['at-101 of user-1', 'x of user-2', 'y of user-1']);
    expect([...it.store.letters.keys()]).toEqual(['user-activity:0:102']);
    for (const [now, status] of [
      [0, 'running'],
      [settleMs - 1, 'running'],
      [settleMs, 'done'],
    ] as const) {
      it.time.now = now;
      expect(await it.sweep('erasure')).toEqual(nothing);
      expect(await it.progress()).toMatchObject({ status, erased: 2 });
    }
    expect(it.left()).toHaveLength(3);
    expect(await it.sweep('erasure')).toEqual(nothing);
  });

  test('removes in its last pass what a frozen member saved after the first pass, even at the beginning of the walk', async () => {
    const it = await setUp([10]);
    await it.sweep('erasure');
    await it.save([11, activity('late', -1000)], [101, activity('above')]);
    await new MemoryDeadLetterQueue(it.store).add([letterOf(12)]);
    it.time.now = settleMs;
    expect(await it.sweep('erasure')).toEqual({ ...nothing, forgotten: 1, letters: 1 });
    expect(it.left()).toEqual(['above of user-1']);
    expect(await it.progress()).toMatchObject({ status: 'done', erased: 2 });
  });

  test('by anonymisation replaces the user of each activity once, and removes the dead letters', async () => {
    const it = await setUp([1, 2, 101], 'anonymise');
    await new MemoryDeadLetterQueue(it.store).add([letterOf(3)]);
    expect(await it.sweep('erasure')).toEqual({ ...nothing, forgotten: 2, letters: 1 });
    it.time.now = settleMs;
    expect(await it.sweep('schedule')).toEqual(nothing);
    const replacement = anonymiser.replace(it.erasure.project, it.erasure.userId);
    expect(it.left()).toEqual([`at-1 of ${replacement}`, 'at-101 of user-1', `at-2 of ${replacement}`]);
    expect(await it.progress()).toMatchObject({ status: 'done', erased: 2 });
  });

  test('that waits for its last pass does not delay the first pass of a later one', async () => {
    const it = await setUp([1]);
    await it.sweep('erasure');
    await it.save([1, activity('x', 0, { userId: 'user-2' })]);
    const later = recordedOf(200, 'erase', { id: 'later', userId: 'user-2', second: 9 });
    await it.ledger.record(later);
    expect(await it.sweep('erasure')).toMatchObject({ forgotten: 1 });
    it.time.now = settleMs;
    await it.sweep('erasure');
    expect(await it.progress()).toMatchObject({ status: 'done' });
    expect(it.left()).toEqual([]);
  });
});

test('an activity that is anonymised late is removed before the anonymisation ends, if its replacement was erased', async () => {
  const it = await setUp([1], 'anonymise');
  const userId = anonymiser.replace(it.erasure.project, it.erasure.userId);
  await it.sweep('erasure');
  const ofReplacement = recordedOf(200, 'erase', { id: 'of-replacement', userId, second: 9 });
  await it.ledger.record(ofReplacement);
  await it.sweep('erasure');
  await it.ledger.finish(ofReplacement.id);
  expect(it.left()).toEqual([]);
  await it.save([2, activity('late')], [3, activity('elsewhere', 0, { project: ProjectId.parse('shop') })]);
  it.time.now = settleMs;
  await it.sweep('erasure');
  expect(await it.progress()).toMatchObject({ status: 'done', erased: 2 });
  expect(it.left()).toEqual(['elsewhere of user-1']);
});

describe('a sweep that runs out of time', () => {
  test('stops after a portion, and the next sweep continues there', async () => {
    const it = await setUp([]);
    await it.save(
      ...many(2500),
      ...[1, 2].map((second) => [101, activity(`above-${second}`, second)] as const),
    );
    const walks: (number | undefined)[] = [];
    const sweep = it.process({
      pauseSweep: async () => it.clock.advance(60_000),
      ledger: {
        ...methodsOf(it.ledger),
        removeActivities: (removal) => {
          walks.push(removal.after?.createdAt);
          return it.ledger.removeActivities(removal);
        },
      },
    });
    expect(await sweep('erasure')).toEqual({ ...nothing, forgotten: 1000, more: true });
    expect(await sweep('erasure')).toEqual({ ...nothing, forgotten: 1000, more: true });
    expect(await sweep('erasure')).toEqual({ ...nothing, forgotten: 500 });
    expect(walks[0]).toBe(undefined);
    expect(new Set(walks).size).toBe(3);
    it.time.now = settleMs;
    await sweep('erasure');
    expect(await it.progress()).toMatchObject({ status: 'done', erased: 2500 });
    expect(it.left()).toEqual(['above-1 of user-1', 'above-2 of user-1']);
  });

  test('does not end the erasure if that happens in the last pass', async () => {
    const it = await setUp([1]);
    const sweep = it.process({ pauseSweep: async () => it.clock.advance(60_000) });
    await sweep('erasure');
    await it.save(...many(1500));
    it.time.now = settleMs;
    expect(await sweep('erasure')).toEqual({ ...nothing, forgotten: 1000, more: true });
    expect(await it.progress()).toMatchObject({ status: 'running' });
    expect(await sweep('erasure')).toEqual({ ...nothing, forgotten: 500 });
    expect(await it.progress()).toMatchObject({ status: 'done', erased: 1501 });
  });

  test('removes the dead letters in portions too', async () => {
    const it = await setUp([]);
    const letters = Array.from({ length: 1500 }, (_, index) =>
      letterOf(index, { origin: { topic: 'user-activity', partition: 1, offset: index } }),
    );
    await new MemoryDeadLetterQueue(it.store).add(letters);
    const sweep = it.process({ pauseSweep: async () => it.clock.advance(60_000) });
    expect(await sweep('erasure')).toEqual({ ...nothing, letters: 1000, more: true });
    expect(await sweep('erasure')).toEqual({ ...nothing, letters: 500 });
    expect(it.store.letters.size).toBe(0);
  });
});

describe('several processes', () => {
  test('each make their own first pass, and the one that reaches its last pass first ends the erasure', async () => {
    const it = await setUp([1]);
    const [first, second] = [it.process(), it.process()];
    await first('erasure');
    it.time.now = settleMs / 2;
    await second('erasure');
    it.time.now = settleMs;
    await it.save([2, activity('late')]);
    expect(await first('erasure')).toMatchObject({ forgotten: 1 });
    expect(await it.progress()).toMatchObject({ status: 'done' });
    it.time.now = 2 * settleMs;
    expect(await second('erasure')).toEqual(nothing);
    expect(await it.progress()).toMatchObject({ status: 'done', erased: 2 });
  });

  test('a process that takes over an erasure begins again with the first pass', async () => {
    const it = await setUp([1]);
    await it.sweep('erasure');
    it.time.now = 10 * settleMs;
    const other = it.process();
    await other('erasure');
    expect(await it.progress()).toMatchObject({ status: 'running' });
    it.time.now = 11 * settleMs;
    await other('erasure');
    expect(await it.progress()).toMatchObject({ status: 'done', erased: 1 });
  });

  test('another process may end the erasure during a pass of this one', async () => {
    const it = await setUp([]);
    await it.save(...many(1500));
    const sweep = it.process({ pauseSweep: () => it.ledger.finish(it.erasure.id) });
    expect(await sweep('erasure')).toEqual({ ...nothing, forgotten: 1500 });
    it.time.now = settleMs;
    expect(await sweep('erasure')).toEqual(nothing);
    expect(await it.progress()).toMatchObject({ status: 'done', erased: 1500 });
  });
});

describe('a failure', () => {
  const down = () => Promise.reject(new DomainError('STORE_UNAVAILABLE', 'down'));

  test.each(['findOpen', 'removeActivities', 'removeLetters', 'finish'] as const)(
    'of %s leaves the rest to the next sweep, and nothing is counted twice',
    async (method) => {
      const it = await setUp([1, 101]);
      await new MemoryDeadLetterQueue(it.store).add([letterOf(2)]);
      let failures = 1;
      const sound: ErasureLedger = methodsOf(it.ledger);
      const failing = new Proxy(sound, {
        get(target, name: keyof ErasureLedger) {
          if (name !== method || failures === 0) return target[name];
          failures -= 1;
          return down;
        },
      });
      const sweep = it.process({ ledger: failing });
      const sweeps = [];
      for (let call = 0; call < 5; call += 1) {
        sweeps.push(await sweep('schedule').catch((error: unknown) => error));
        it.time.now += settleMs;
      }
      expect(sweeps.filter((result) => result instanceof DomainError)).toHaveLength(1);
      expect([it.left(), it.store.letters.size]).toEqual([['at-101 of user-1'], 0]);
      expect(await it.progress()).toMatchObject({ status: 'done', erased: 1 });
    },
  );

  test('of the anonymiser delays neither other erasures nor the removal by age', async () => {
    const it = await setUp([1], 'anonymise');
    await it.ledger.record(recordedOf(100, 'erase', { id: 'other', userId: 'user-2', second: 9 }));
    await it.save([2, activity('x', 0, { userId: 'user-2' })]);
    const old = it.clock.now() - 40 * dayMs;
    await it.save([200, sampleActivity({ id: 'old', userId: 'user-3', createdAt: old })]);
    const broken = it.process({ anonymiser: { ...anonymiser, replace: throwNoKey } });
    for (let round = 0; round < 4; round += 1) {
      await expect(broken('schedule')).rejects.toThrow('no key');
      it.time.now += settleMs;
    }
    expect(it.left()).toEqual(['at-1 of user-1']);
    expect((await it.ledger.findOpen(10)).map(({ id }) => id)).toEqual([it.erasure.id]);
    const sound = it.process();
    for (const _pass of ['first', 'last']) {
      await sound('erasure');
      it.time.now += settleMs;
    }
    expect(await it.progress()).toMatchObject({ status: 'done', erased: 1 });
  });
});
