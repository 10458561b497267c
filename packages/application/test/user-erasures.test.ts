import { FixedClock, MemoryDeadLetterQueue, MemoryStore } from '@user-activity/adapter-memory';
import {
  ActivityKeyText,
  emptyTally,
  erasureRequested,
  LogId,
  type LogRecord,
  maxErasedAt,
  ProjectId,
  Timestamp,
} from '@user-activity/domain';
import { erasureOf } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { activity, log, recordAt, recordedOf, requestOf, storing } from './erased-users.ts';
import { digestUser } from './erasing.ts';

const none = emptyTally();
const shop = ProjectId.parse('shop');
const user2 = { userId: 'user-2' };

describe('the request', () => {
  test('is recorded with its log position and the digest of its user', async () => {
    const { deliver, ledger } = storing();
    const tally = await deliver(recordAt(7, requestOf('anonymise', { project: shop })));
    expect(tally).toEqual({ ...none, erased: 1 });
    expect(await ledger.findOpen(10)).toEqual([
      {
        ...erasureOf({ project: shop, mode: 'anonymise' }),
        user: digestUser('user-1'),
        place: { log, partition: 0, offset: 7 },
      },
    ]);
  });

  test('keeps its first position when it is delivered again, or written twice', async () => {
    const { run, ledger } = storing();
    for (const offset of [7, 9, 7]) await run(offset, requestOf());
    expect(await ledger.findOpen(10)).toMatchObject([{ place: { offset: 7 } }]);
  });

  test('on a later log is recorded with that log, by which dead letters are matched', async () => {
    const { run, ledger } = storing({}, () => ({ isFirstLog: false }));
    await run(7, requestOf());
    expect(await ledger.findOpen(10)).toMatchObject([{ topic: `user-activity@${log}`, place: { log } }]);
  });
});

test('a request with a time more than 5 minutes ahead is recorded as 5 minutes ahead', async () => {
  const { run, ledger } = storing();
  const latest = maxErasedAt(new FixedClock().now());
  const at = (requestedAt: number) => {
    const { erasure } = requestOf();
    return erasureRequested({ ...erasure, requestedAt: Timestamp.trusted(requestedAt) });
  };
  await run(7, at(latest + 1));
  expect(await ledger.findOpen(10)).toMatchObject([{ requestedAt: latest }]);
});

test('a request that is replayed from an older log has the position and the topic of the original', async () => {
  const { deliver, ledger } = storing({}, () => ({ isFirstLog: false }));
  const older = LogId.parse('log-0');
  const replayOf = { topic: 'user-activity', log: older, partition: 0, offset: 3 };
  await deliver(recordAt(7, requestOf(), { replayOf }));
  expect(await ledger.findOpen(10)).toMatchObject([
    { topic: 'user-activity@log-0', place: { log: older, partition: 0, offset: 3 } },
  ]);
});

describe('in one batch', () => {
  test('the records below the request are erased, whenever they were received, and those above are stored', async () => {
    const { run, left } = storing();
    const tally = await run(
      0,
      activity('below', 9),
      requestOf(),
      activity('above', -9),
      activity('x', 0, user2),
    );
    expect(tally).toEqual({ ...none, stored: 2, erased: 2 });
    expect(left()).toEqual(['above of user-1', 'x of user-2']);
  });

  test('an erased id is free for the record above', async () => {
    const { run, left, letters } = storing();
    const again = activity('a', 0, { type: 'OTHER' });
    expect(await run(0, activity('a'), requestOf(), again)).toEqual({ ...none, stored: 1, erased: 2 });
    expect([left(), letters()]).toEqual([['a of user-1'], []]);
  });

  test('records that are stored already are removed at once if the batch has them again', async () => {
    const { run, left } = storing();
    await run(0, activity('a'), activity('b'));
    expect(await run(1, activity('b'), requestOf())).toEqual({ ...none, erased: 2 });
    expect(left()).toEqual(['a of user-1']);
  });
});

describe('a replay of the whole topic', () => {
  const topic = [
    activity('a', 5),
    activity('b'),
    requestOf(),
    activity('a', -5, { type: 'OTHER' }),
    activity('c'),
  ];

  test('stores only what lies above the request, before its end and after it', async () => {
    const { run, left, letters, ledger } = storing();
    await run(0, ...topic);
    for (const end of [false, true]) {
      if (end) await ledger.finish(erasureOf().id);
      expect(await run(0, ...topic)).toEqual({ ...none, erased: 3, redelivered: 2 });
      expect(left()).toEqual(['a of user-1', 'c of user-1']);
    }
    expect(letters()).toEqual([]);
  });

  test('into an empty store does so too, even one record at a time', async () => {
    const { run, left } = storing();
    for (const [offset, content] of topic.entries()) await run(offset, content);
    // The sweep, which removes what was stored before the request, has not run yet.
    expect(left()).toEqual(['a of user-1', 'b of user-1', 'c of user-1']);
    expect(await run(0, ...topic)).toEqual({ ...none, erased: 3, redelivered: 2 });
    expect(left()).toEqual(['a of user-1', 'c of user-1']);
  });
});

describe('records of other partitions and logs', () => {
  const onPartition1 = (offset: number, second: number): LogRecord =>
    recordAt(offset, activity(`at-${second}`, second), {
      origin: { topic: 'user-activity', partition: 1, offset },
    });

  test('are erased if they were received at or before the request', async () => {
    const { run, deliver, left } = storing();
    await run(100, requestOf());
    const records = [onPartition1(500, -1), onPartition1(501, 0), onPartition1(1, 1)];
    expect(await deliver(...records)).toEqual({ ...none, stored: 1, erased: 2 });
    expect(left()).toEqual(['at-1 of user-1']);
  });

  test('that are replayed from an older log are judged by their time of receipt too', async () => {
    const { run, deliver, left } = storing({}, () => ({ isFirstLog: false }));
    await run(100, requestOf());
    const replays = ([undefined, LogId.parse('log-0')] as const).flatMap((older, index) =>
      [0, 1].map((second) =>
        recordAt(200 + 2 * index + second, activity(`${older ?? 'first'}-${second}`, second), {
          replayOf: { topic: 'user-activity', ...(older && { log: older }), partition: 0, offset: 99 },
        }),
      ),
    );
    expect(await deliver(...replays)).toEqual({ ...none, stored: 2, erased: 2 });
    expect(left()).toEqual(['first-1 of user-1', 'log-0-1 of user-1']);
  });
});

test('a replayed dead letter is judged by the position of its original', async () => {
  const { run, deliver, left } = storing();
  await run(100, requestOf());
  const replays = [99, 100, 101].map((offset, index) =>
    recordAt(200 + index, activity(`first-at-${offset}`, 100 - offset), {
      replayOf: { topic: 'user-activity', partition: 0, offset },
    }),
  );
  // Only the request itself has the position of the request.
  expect(await deliver(...replays)).toEqual({ ...none, stored: 2, erased: 1 });
  expect(left()).toEqual(['first-at-100 of user-1', 'first-at-101 of user-1']);
});

describe('an unreadable record', () => {
  const [own, foreign, without] = [{ keyOf: 'user-1' }, { keyOf: 'user-2' }, { keyOf: null }];

  test.each(['erase', 'anonymise'] as const)(
    'gives no dead letter if it lies below the request, and its key is that of the user (%s)',
    async (mode) => {
      const { run, letters } = storing();
      const tally = await run(0, own, foreign, without, requestOf(mode), own);
      expect(tally).toEqual({ ...none, dead_lettered: 3, erased: 2 });
      expect(letters().map(({ origin }) => origin.offset)).toEqual([1, 2, 4]);
    },
  );

  test('loses its dead letter when it is delivered again', async () => {
    const { run, letters } = storing();
    await run(0, own, foreign);
    await run(2, requestOf());
    expect(letters()).toHaveLength(2);
    expect(await run(0, own, foreign)).toEqual({ ...none, erased: 1, dead_lettered: 1 });
    expect(letters().map(({ origin }) => origin.offset)).toEqual([1]);
  });

  test('of an older log counts as older than the request', async () => {
    const { run, deliver, letters } = storing({}, () => ({ isFirstLog: false }));
    await run(100, requestOf());
    const replayOf = { topic: 'user-activity', partition: 0, offset: 500 };
    expect(await deliver(recordAt(200, own, { replayOf }))).toEqual({ ...none, erased: 1 });
    expect(letters()).toEqual([]);
  });

  test('on another partition counts as newer than the request, because nobody knows when it was received', async () => {
    const { run, deliver, letters } = storing();
    await run(100, requestOf());
    const origin = { topic: 'user-activity', partition: 1, offset: 5 };
    expect(await deliver(recordAt(5, own, { origin }))).toEqual({ ...none, dead_lettered: 1 });
    expect(letters()).toHaveLength(1);
  });

  test('that names no valid project may belong to any project, so it gives no dead letter', async () => {
    const { run, deliver, letters } = storing();
    await run(100, requestOf('erase', { project: shop }));
    const content = { name: 'Unreadable', project: ProjectId.system, reason: 'contradiction' } as const;
    const tally = await deliver(recordAt(99, own, { content }), recordAt(101, own, { content }));
    expect(tally).toEqual({ ...none, dead_lettered: 1, erased: 1 });
    expect(letters().map(({ origin }) => origin.offset)).toEqual([101]);
  });

  test('of another project stays', async () => {
    const { run, letters } = storing();
    expect(await run(0, own, requestOf('erase', { project: shop }))).toMatchObject({ dead_lettered: 1 });
    expect(letters()).toHaveLength(1);
  });
});

test('a dead letter of a conflict is removed when its record is delivered again', async () => {
  const { run, left, letters } = storing();
  await run(0, activity('a', 0, user2), activity('a', 0));
  expect(letters()).toHaveLength(1);
  await run(2, requestOf());
  expect(await run(1, activity('a', 0))).toEqual({ ...none, erased: 1 });
  expect([left(), letters()]).toEqual([['a of user-2'], []]);
});

test('a store that is restored from a backup reads the request again', async () => {
  const backup = new MemoryStore();
  const first = storing({}, () => ({}), backup);
  const contents = [activity('a'), activity('b'), requestOf(), activity('c')];
  await first.run(0, ...contents.slice(0, 2));
  // The log is read from the settled offset that the backup has.
  const { run, left, ledger } = storing({}, () => ({}), backup);
  expect(await run(1, ...contents.slice(1))).toEqual({ ...none, erased: 2, stored: 1 });
  expect(left()).toEqual(['a of user-1', 'c of user-1']);
  const [erasure] = await ledger.findOpen(10);
  expect(erasure?.place.offset).toBe(2);
});

test('an erasure affects only its own user and project', async () => {
  const { run, left } = storing();
  const inShop = activity('a', 0, { project: shop });
  const tally = await run(
    0,
    activity('a'),
    inShop,
    activity('b', 0, user2),
    activity('c', 0, { userId: 'User-1' }),
    requestOf(),
  );
  expect(tally).toEqual({ ...none, stored: 3, erased: 2 });
  expect(left()).toEqual(['a of user-1', 'b of user-2', 'c of User-1']);
  await run(9, requestOf('erase', { id: 'erasure-2', project: shop }));
  expect(await run(1, inShop)).toEqual({ ...none, erased: 1 });
});

test('an activity of another user with the same id is never removed', async () => {
  const { store, run, left, letters } = storing();
  const foreign = activity('a', 0, user2);
  store.activities.set(ActivityKeyText.of(foreign), foreign);
  expect(await run(0, activity('a'), requestOf(), activity('a'))).toEqual({
    ...none,
    erased: 2,
    conflict: 1,
  });
  expect([left(), letters().length]).toEqual([['a of user-2'], 1]);
});

test('no digest is computed without an erasure, and nothing is removed without one of these users', async () => {
  let digests = 0;
  const removals: unknown[] = [];
  const { run, ledger, store } = storing({}, (sound) => ({
    digestUser: (user) => {
      digests += 1;
      return digestUser(user);
    },
    ledger: {
      isEmpty: () => sound.isEmpty(),
      findByUsers: (users) => sound.findByUsers(users),
      record: (erasure) => sound.record(erasure),
      removeRecords: async (...removed) => void removals.push(removed),
    },
  }));
  await run(0, activity('a'), { keyOf: 'user-1' });
  expect(digests).toBe(0);
  await ledger.record(recordedOf(5, 'erase', user2));
  await new MemoryDeadLetterQueue(store).add([]);
  await run(0, activity('a'), { keyOf: null });
  expect(digests).toBeGreaterThan(0);
  expect(removals).toEqual([]);
});
