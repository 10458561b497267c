import {
  ActivityKeyText,
  DomainError,
  emptyTally,
  type ErasureLedger,
  ErasureId,
} from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { activity, log, methodsOf, recordAt, recordedOf, requestOf, storing } from './erased-users.ts';
import { anonymiser } from './erasing.ts';

const none = emptyTally();
const replacement = anonymiser.replace(activity('a').project, activity('a').userId);
const moments = ['beforeSave', 'afterSave'] as const;

describe.each(moments)('an erasure that another consumer records at the moment %s', (moment) => {
  /** A store, on which another consumer records an erasure that was requested at offset 5. */
  const interrupted = (mode: 'erase' | 'anonymise') => {
    const it = storing({ [moment]: () => it.ledger.record(recordedOf(5, mode)) });
    return it;
  };

  test('removes what was stored from below its offset, and keeps what lies above', async () => {
    const it = interrupted('erase');
    const tally = await it.deliver(recordAt(4, activity('a')), recordAt(6, activity('b')));
    expect(tally).toEqual({ ...none, stored: 1, erased: 1 });
    expect(it.left()).toEqual(['b of user-1']);
  });

  test('anonymises what was stored from below its offset, and counts it as stored once', async () => {
    const it = interrupted('anonymise');
    const below = activity('a', 0, { metadata: { name: 'Ann' } });
    const tally = await it.deliver(recordAt(4, below), recordAt(6, activity('b')));
    expect(tally).toEqual({ ...none, stored: 2 });
    expect(it.left()).toEqual([`a of ${replacement}`, 'b of user-1']);
    expect(it.store.activities.get(ActivityKeyText.of(below))).toEqual(below.anonymised(replacement));
  });

  test('removes the dead letters of records below its offset', async () => {
    const it = interrupted('erase');
    const foreign = activity('a', 0, { userId: 'user-2' });
    it.store.activities.set(ActivityKeyText.of(foreign), foreign);
    const records = [
      recordAt(3, { keyOf: 'user-1' }),
      recordAt(4, activity('a')),
      recordAt(6, { keyOf: 'user-1' }),
    ];
    expect(await it.deliver(...records)).toEqual({ ...none, erased: 2, dead_lettered: 1 });
    expect(it.letters().map(({ origin }) => origin.offset)).toEqual([6]);
  });

  test('replaces the dead letter of an anonymised record', async () => {
    const it = interrupted('anonymise');
    const foreign = activity('a', 0, { userId: 'user-2' });
    it.store.activities.set(ActivityKeyText.of(foreign), foreign);
    expect(await it.deliver(recordAt(4, activity('a')))).toEqual({ ...none, conflict: 1 });
    expect(it.letters().map(({ key }) => key)).toEqual([anonymiser.encode(replacement)]);
  });

  test('frees the id of an erased activity for a record above its offset', async () => {
    const it = interrupted('erase');
    const older = activity('a');
    await it.repository.save([older], [{ log, partition: 0, offset: 1 }]);
    const later = activity('a', 0, { type: 'OTHER' });
    expect(await it.deliver(recordAt(6, later))).toEqual({ ...none, stored: 1 });
    expect([...it.store.activities.values()]).toEqual([later]);
    expect(it.letters()).toEqual([]);
  });
});

test('erasures that are recorded one after the other are all noticed', async () => {
  const found: number[] = [];
  const it = storing({
    afterSave: async () => {
      if (found.length < 3)
        await it.ledger.record(recordedOf(found.push(0), 'erase', { id: `e-${found.length}` }));
    },
  });
  const records = [0, 1, 2, 3].map((offset) => recordAt(offset, activity(`at-${offset}`)));
  expect(await it.deliver(...records)).toEqual({ ...none, stored: 1, erased: 3 });
  expect(it.left()).toEqual(['at-3 of user-1']);
});

describe('a member that was frozen', () => {
  /** What other members do meanwhile: record the erasure, carry it out, and finish it. */
  async function eraseAll(ledger: ErasureLedger, mode: 'erase' | 'anonymise'): Promise<void> {
    const erasure = recordedOf(5, mode);
    await ledger.record(erasure);
    const user = mode === 'anonymise' ? replacement : undefined;
    await ledger.removeActivities({ erasure, replacement: user, after: undefined, limit: 1000 });
    await ledger.removeLetters(erasure, 1000);
    await ledger.finish(erasure.id);
  }

  test.each([
    ['erase', [], { erased: 2 }],
    ['anonymise', [`a of ${replacement}`], { stored: 1, erased: 1 }],
  ] as const)('removes what it saved after the erasure was finished (%s)', async (mode, left, tally) => {
    const it = storing({ beforeSave: () => eraseAll(it.ledger, mode) });
    const records = [recordAt(1, activity('a')), recordAt(2, { keyOf: 'user-1' })];
    expect(await it.deliver(...records)).toEqual({ ...none, ...tally });
    expect([it.left(), it.letters()]).toEqual([left, []]);
  });

  test('does not replace an activity that was sent again after the erasure', async () => {
    const again = activity('a', 1);
    const it = storing({
      beforeSave: async () => {
        await eraseAll(it.ledger, 'erase');
        await it.repository.save([again], [{ log, partition: 0, offset: 6 }]);
      },
    });
    await it.deliver(recordAt(4, activity('a')));
    expect([...it.store.activities.values()]).toEqual([again]);
  });

  test('gives no dead letter for an activity that others have stored and anonymised meanwhile', async () => {
    const stored = activity('a');
    const it = storing({
      beforeSave: async () => {
        it.store.activities.set(ActivityKeyText.of(stored), stored);
        it.store.origins.set(ActivityKeyText.of(stored), { log, partition: 0, offset: 4 });
        await eraseAll(it.ledger, 'anonymise');
      },
    });
    await it.deliver(recordAt(4, stored));
    expect([it.left(), it.letters()]).toEqual([[`a of ${replacement}`], []]);
  });

  test('may die before it notices the erasure: the next delivery removes what it saved', async () => {
    const { ledger, repository, run, left } = storing();
    await eraseAll(ledger, 'erase');
    await repository.save([activity('a')], [{ log, partition: 0, offset: 1 }]);
    expect(left()).toEqual(['a of user-1']);
    expect(await run(1, activity('a'))).toEqual({ ...none, erased: 1 });
    expect(left()).toEqual([]);
  });
});

describe('an outage of the ledger is retried until it ends, and nothing is lost or counted twice', () => {
  type Method = 'isEmpty' | 'findByUsers' | 'record' | 'removeRecords';
  const faults = (['isEmpty', 'findByUsers', 'record', 'removeRecords'] as const).flatMap((method: Method) =>
    [1, 2].flatMap((call) =>
      (['before', 'after'] as const).flatMap((when) =>
        (['erase', 'anonymise'] as const).map((mode) => ({ method, call, when, mode })),
      ),
    ),
  );

  test.each(faults)('$method, call $call, $when its work ($mode)', async ({ method, call, when, mode }) => {
    let calls = 0;
    const it = storing({}, (ledger) => {
      const methods = methodsOf(ledger);
      const failing = async <Result>(work: () => Promise<Result>): Promise<Result> => {
        calls += 1;
        const isFailing = calls === call;
        const down = new DomainError('STORE_TIMEOUT', 'no answer');
        if (isFailing && when === 'before') throw down;
        const result = await work();
        if (isFailing) throw down;
        return result;
      };
      const changed: Pick<ErasureLedger, Method> = {
        isEmpty: () => failing(() => methods.isEmpty()),
        findByUsers: (users) => failing(() => methods.findByUsers(users)),
        record: (erasure) => failing(() => methods.record(erasure)),
        removeRecords: (records, ids) => failing(() => methods.removeRecords(records, ids)),
      };
      return { ledger: { ...methods, [method]: changed[method] } };
    });
    const foreign = activity('taken', 0, { userId: 'user-2' });
    it.store.activities.set(ActivityKeyText.of(foreign), foreign);
    await it.repository.save([activity('old')], [{ log, partition: 0, offset: 0 }]);
    // Two requests, so that the second call of each method happens too.
    const tally = await it.run(
      0,
      activity('old'),
      activity('a'),
      { keyOf: 'user-1' },
      requestOf(mode),
      requestOf(mode, { id: 'of-user-2', userId: 'user-2' }),
      activity('b'),
      activity('taken'),
    );
    const anonymised = { stored: 2, redelivered: 1, conflict: 1, erased: 3 };
    // The activity of the other user is removed, so its id is free.
    const erased = { stored: 2, erased: 5 };
    expect(tally).toEqual({ ...none, ...(mode === 'erase' ? erased : anonymised) });
    const [below, gone] = [[`a of ${replacement}`, 'b of user-1', `old of ${replacement}`], ['b of user-1']];
    expect(it.left().filter((text) => !text.startsWith('taken'))).toEqual(mode === 'erase' ? gone : below);
    const { status } = (await it.ledger.find(activity('a').project, ErasureId.parse('of-user-2'))) ?? {};
    expect(status).toBe('running');
    expect(it.failures()).toBe(calls >= call ? 1 : 0);
  });
});
