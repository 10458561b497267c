import { ActivityKeyText, DomainError, emptyTally, type LogRecord } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { activity, recordAt, recordedOf, requestOf, storing, utf8 } from './erased-users.ts';
import { anonymiser } from './erasing.ts';

const none = emptyTally();
const metadata = { name: 'Ann' };
const [secret] = [activity('a').userId];
const replacement = anonymiser.replace(activity('a').project, secret);

/** Returns all bytes of a record as one text, to search in. */
const textOf = ({ key, value, headers }: ReturnType<LogRecord['raw']>): string =>
  [key ?? [], value ?? [], ...Object.values(headers).flat()]
    .map((bytes) => new TextDecoder().decode(Uint8Array.from(bytes)))
    .concat(Object.keys(headers))
    .join('\n');

describe('an activity before the anonymisation of its user', () => {
  test('is stored without its user and metadata, and counts as redelivered from then on', async () => {
    const { store, run, letters, ledger } = storing();
    const original = activity('a', 0, { metadata });
    const topic = [original, requestOf('anonymise'), activity('b', 0, { metadata })] as const;
    expect(await run(0, ...topic)).toEqual({ ...none, stored: 2, erased: 1 });
    const stored = [original.anonymised(replacement), topic[2]];
    expect([...store.activities.values()]).toEqual(stored);
    for (let time = 0; time < 2; time += 1) {
      expect(await run(0, ...topic)).toEqual({ ...none, redelivered: 2, erased: 1 });
      expect([...store.activities.values()]).toEqual(stored);
      for (const { id } of await ledger.findOpen(10)) await ledger.finish(id);
    }
    expect(letters()).toEqual([]);
  });

  test('is anonymised if it is already stored', async () => {
    const { store, run, letters } = storing();
    const original = activity('a', 0, { metadata });
    await run(0, original);
    await run(1, requestOf('anonymise'));
    expect(await run(0, original)).toEqual({ ...none, redelivered: 1 });
    expect([...store.activities.values()]).toEqual([original.anonymised(replacement)]);
    expect(store.origins.size).toBe(1);
    expect(letters()).toEqual([]);
  });

  test('that was sent twice with different metadata is stored once, and is no conflict', async () => {
    const { run, letters } = storing();
    const tally = await run(0, activity('a', 0, { metadata }), activity('a', 1), requestOf('anonymise'));
    expect(tally).toEqual({ ...none, stored: 1, duplicate: 1, erased: 1 });
    expect(letters()).toEqual([]);
  });
});

describe('an activity that a client sends again after the anonymisation of its user', () => {
  test('is a duplicate, and no dead letter names the user', async () => {
    const { store, run, letters, ledger } = storing();
    const original = activity('a', 0, { metadata });
    await run(0, original, requestOf('anonymise'));
    for (const { id } of await ledger.findOpen(10)) await ledger.finish(id);
    expect(await run(2, activity('a', 60, { metadata, createdAt: original.createdAt }))).toEqual({
      ...none,
      duplicate: 1,
    });
    expect([...store.activities.values()]).toEqual([original.anonymised(replacement)]);
    expect(letters()).toEqual([]);
  });

  test('is a conflict if it is different, and so is an activity of a user who was not anonymised', async () => {
    const { run, letters } = storing();
    await run(0, activity('a'), activity('b'), requestOf('anonymise'));
    const others = [activity('a', 60, { type: 'OTHER' }), activity('b', 60, { userId: 'somebody' })];
    expect(await run(3, ...others)).toEqual({ ...none, conflict: 2 });
    expect(letters()).toHaveLength(2);
  });

  test('is stored if its id belonged to another user who is erased meanwhile, even among many conflicts', async () => {
    const { run, ledger, left, letters } = storing();
    const foreign = { userId: 'user-2' };
    await run(0, activity('a', 0, foreign), activity('b', 0, { userId: 'user-3' }));
    await run(10, ...Array.from({ length: 250 }, (_, index) => activity(`many-${index}`, 0, foreign)));
    await ledger.record(recordedOf(500, 'erase', foreign));
    const topic = [
      activity('b', 60),
      activity('a', 60),
      ...Array.from({ length: 250 }, (_, index) => activity(`many-${index}`, 60)),
    ];
    expect(await run(600, ...topic)).toEqual({ ...none, stored: 251, conflict: 1 });
    expect(letters().map(({ activityId }) => activityId)).toEqual(['b']);
    expect(left().filter((text) => !text.endsWith('of user-1'))).toEqual(['b of user-3']);
    expect((await ledger.find(recordedOf(500).project, recordedOf(500).id))?.erased).toBe(251);
  });

  test('is a conflict if the other user is erased, but not the stored activity', async () => {
    const { run, ledger, left } = storing();
    await run(5, activity('a', 0, { userId: 'user-2' }));
    await ledger.record(recordedOf(4, 'erase', { userId: 'user-2' }));
    expect(await run(6, activity('a', 60))).toEqual({ ...none, conflict: 1 });
    expect(left()).toEqual(['a of user-2']);
  });
});

describe('the erasure of a replacement', () => {
  const ofReplacement = { id: 'of-replacement', userId: replacement, second: 9 };

  test('removes the anonymised activities, and they are not stored again when the log is read again', async () => {
    const { run, left, ledger, letters } = storing();
    const topic = [activity('a', 0, { metadata }), requestOf('anonymise'), activity('b', 20)];
    await run(0, ...topic);
    expect(left()).toEqual(['b of user-1', `a of ${replacement}`].toSorted());
    await ledger.record(recordedOf(40, 'erase', ofReplacement));
    expect(await run(0, ...topic)).toEqual({ ...none, redelivered: 1, erased: 2 });
    expect(left()).toEqual(['b of user-1']);
    for (const { id } of await ledger.findOpen(10)) await ledger.finish(id);
    expect(await run(0, ...topic)).toEqual({ ...none, redelivered: 1, erased: 2 });
    expect(left()).toEqual(['b of user-1']);
    expect(letters()).toEqual([]);
  });

  test('with the mode anonymise gives the activities another replacement', async () => {
    const { run, left, ledger } = storing();
    const topic = [activity('a', 0, { metadata }), requestOf('anonymise')];
    await run(0, ...topic);
    await ledger.record(recordedOf(40, 'anonymise', ofReplacement));
    const second = anonymiser.replace(activity('a').project, replacement);
    for (let time = 0; time < 2; time += 1) {
      expect(await run(0, ...topic)).toEqual({ ...none, redelivered: 1, erased: 1 });
      expect(left()).toEqual([`a of ${second}`]);
    }
  });
});

describe('a dead letter of an anonymised record', () => {
  /** Delivers a record whose id belongs to another user, and returns the text of its letter. */
  async function letterTextOf(record: LogRecord): Promise<string> {
    const { store, ledger, deliver, letters } = storing();
    const foreign = activity('a', 0, { userId: 'somebody' });
    store.activities.set(ActivityKeyText.of(foreign), foreign);
    await ledger.record(recordedOf(5, 'anonymise'));
    expect(await deliver(record)).toEqual({ ...none, conflict: 1 });
    const [letter, ...others] = letters();
    expect(others).toEqual([]);
    expect(letter?.activityId).toBe('a');
    return letter === undefined ? '' : textOf(letter) + letter.reason;
  }

  test('has the replacement instead of the user in key, value and headers', async () => {
    const text = await letterTextOf(recordAt(0, activity('a', 0, { metadata })));
    expect(text).toContain(replacement);
    expect(text).not.toContain(secret);
    expect(text).not.toContain('Ann');
  });

  test('keeps no header by which another producer named the user', async () => {
    const record = recordAt(0, activity('a'));
    const { headers, ...raw } = record.raw();
    const named = { 'x-user': [utf8.encode(`id ${secret}`)], [`for-${secret}`]: [utf8.encode('')] };
    const text = await letterTextOf({
      ...record,
      raw: () => ({ ...raw, headers: { ...headers, ...named } }),
    });
    expect(text).not.toContain(secret);
    expect(text).toContain('ce_type');
  });

  test('replaces every value of the subject header', async () => {
    const record = recordAt(0, activity('a'));
    const subjects = { ce_subject: [utf8.encode(secret), utf8.encode(secret)] };
    const text = await letterTextOf({ ...record, raw: () => ({ ...record.raw(), headers: subjects }) });
    expect(text).not.toContain(secret);
  });
});

describe('the first erasure that covers a record decides', () => {
  const [first, second] = [
    { id: 'first', second: 1 },
    { id: 'second', second: 2 },
  ];

  test('an anonymisation before an erasure', async () => {
    const { run, left } = storing();
    const topic = [
      activity('a'),
      requestOf('anonymise', first),
      activity('b'),
      requestOf('erase', second),
      activity('c'),
    ];
    expect(await run(0, ...topic)).toEqual({ ...none, stored: 2, erased: 3 });
    expect(await run(0, ...topic)).toEqual({ ...none, redelivered: 2, erased: 3 });
    expect(left()).toEqual([`a of ${replacement}`, 'c of user-1']);
  });

  test('an erasure before an anonymisation', async () => {
    const { run, left } = storing();
    const topic = [activity('a'), requestOf('erase', first), activity('b'), requestOf('anonymise', second)];
    expect(await run(0, ...topic)).toEqual({ ...none, stored: 1, erased: 3 });
    expect(left()).toEqual([`b of ${replacement}`]);
  });

  test.each([
    ['in order', ['first', 'second']],
    ['in reverse', ['second', 'first']],
  ] as const)('also for a stored activity, if the ledger returns the erasures %s', async (_, order) => {
    const { run, left, ledger } = storing({}, (sound) => ({
      ledger: {
        isEmpty: () => sound.isEmpty(),
        record: (erasure) => sound.record(erasure),
        removeRecords: (records, ids) => sound.removeRecords(records, ids),
        findByUsers: async (users) =>
          (await sound.findByUsers(users)).toSorted(
            (a, b) => order.findIndex((id) => id === a.id) - order.findIndex((id) => id === b.id),
          ),
      },
    }));
    await run(0, activity('a'));
    await ledger.record(recordedOf(5, 'erase', first));
    await ledger.record(recordedOf(6, 'anonymise', second));
    expect(await run(0, activity('a'))).toEqual({ ...none, erased: 1 });
    expect(left()).toEqual([]);
  });
});

test('while no replacement can be made, the record waits, and is neither lost nor stored with its user', async () => {
  let isBroken = true;
  const states: string[][] = [];
  const it = storing({}, () => ({
    anonymiser: {
      ...anonymiser,
      replace(project, userId) {
        if (isBroken) throw new DomainError('STORE_UNAVAILABLE', 'no key');
        return anonymiser.replace(project, userId);
      },
    },
    pause: async (failures) => {
      states.push(it.left());
      if (failures === 3) isBroken = false;
    },
  }));
  const tally = await it.run(0, activity('a', 0, { metadata }), requestOf('anonymise'), activity('b'));
  expect(tally).toEqual({ ...none, stored: 2, erased: 1 });
  expect(states).toEqual([[], [], []]);
  expect(it.left()).toEqual([`a of ${replacement}`, 'b of user-1']);
});
