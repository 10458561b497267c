import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterRepository,
  MemoryProjectRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  ErasureId,
  type ErasureMode,
  LogId,
  ProjectId,
  Timestamp,
  Turns,
  type UserActivity,
  UserId,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { OutcomeWaiter } from '../src/logging/outcome-waiter.ts';
import { anonymiser, digestUser, erasing } from './erasing.ts';

const shop = ProjectId.parse('shop');
const [ann, bob] = [UserId.parse('ann'), UserId.parse('bob')];
const requestedAt = Timestamp.fromMillis(5);

/** A log position after the requests of `record`. */
const behindRequest = { log: LogId.parse('log-1'), partition: 0, offset: 8 };

/** A waiter on a store in memory. `onSleep` is called before each query, with the number of earlier queries. */
function setUp(onSleep: (queries: number) => Promise<unknown> = async () => undefined) {
  const store = new MemoryStore();
  const repository = new MemoryActivityRepository(store);
  const { ledger } = erasing(store);
  const digested: (string | Uint8Array)[] = [];
  let queries = 0;
  const waiter = new OutcomeWaiter({
    repository,
    deadLetters: new MemoryDeadLetterRepository(store),
    projects: new MemoryProjectRepository(store),
    ledger,
    digestUser(user) {
      digested.push(user);
      return digestUser(user);
    },
    anonymiser,
    clock: new FixedClock(),
    sleep: async () => {
      await nextTurn();
      await onSleep(queries);
      queries += 1;
    },
    turns: new Turns({ defer: queueMicrotask, now: () => 0 }),
    max: 10,
  });
  const until = new AbortController();
  return {
    store,
    repository,
    ledger,
    digested,
    outcomeOf: (activity: UserActivity) => waiter.outcomeOf(activity, until.signal),
    giveUp: () => until.abort(),
    record: (mode: ErasureMode = 'erase', userId = ann) =>
      ledger.record({
        id: ErasureId.parse(`of-${userId}`),
        project: shop,
        userId,
        user: digestUser(userId),
        mode,
        requestedAt,
        place: { log: LogId.parse('log-1'), partition: 0, offset: 7 },
        topic: 'user-activity',
      }),
  };
}

const activity = (id: string, receivedAt: number, more: object = {}) =>
  sampleActivity({ project: shop, id, userId: 'ann', receivedAt, ...more });

test('a request gets erased if its user was erased when or after its activity was received', async () => {
  const { outcomeOf, record, giveUp } = setUp();
  await record();
  const others = [
    outcomeOf(activity('later', 6)),
    outcomeOf(activity('other-user', 4, { userId: 'bob' })),
    outcomeOf(activity('other-project', 4, { project: 'forum' })),
  ];
  expect(await Promise.all([outcomeOf(activity('a', 4)), outcomeOf(activity('b', 5))])).toEqual([
    'erased',
    'erased',
  ]);
  giveUp();
  expect(await Promise.all(others)).toEqual(['accepted', 'accepted', 'accepted']);
});

test('a request gets erased even after the end of the erasure', async () => {
  const { outcomeOf, record, ledger } = setUp();
  await record();
  await ledger.finish(ErasureId.parse('of-ann'));
  expect(await outcomeOf(activity('a', 4))).toBe('erased');
});

test('a request whose activity was stored without its user gets erased, and not conflict', async () => {
  const { outcomeOf, record, repository } = setUp();
  await record('anonymise');
  const waiting = activity('a', 4);
  await repository.save([waiting.anonymised(UserId.parse('anon'))]);
  expect(await outcomeOf(waiting)).toBe('erased');
});

test('a request that is sent again after its user was anonymised gets duplicate, if it is the same activity', async () => {
  const { outcomeOf, record, repository, ledger } = setUp();
  const stored = ['same', 'other-type', 'other-user'].map((id) => activity(id, 4, { metadata: { n: 1 } }));
  const [replacement, other] = [anonymiser.replace(shop, ann), anonymiser.replace(shop, bob)];
  await repository.save(
    stored.map((each) => each.anonymised(each.id === 'other-user' ? other : replacement)),
  );
  await record('anonymise');
  await record('anonymise', bob);
  for (const id of ['of-ann', 'of-bob']) await ledger.finish(ErasureId.parse(id));
  const again = [activity('same', 6, { metadata: { n: 1 } }), activity('other-type', 6, { type: 'OTHER' })];
  expect(await Promise.all([...again, activity('other-user', 6)].map(outcomeOf))).toEqual([
    'duplicate',
    'conflict',
    'conflict',
  ]);
});

test('a stored activity of another user who is being erased does not decide the outcome of a request', async () => {
  const it = setUp(async (queries) => {
    if (queries !== 3) return;
    it.store.activities.clear();
    await it.repository.save([activity('a', 6)]);
  });
  await it.repository.save([activity('a', 3, { userId: 'bob' })]);
  await it.record('erase', bob);
  expect(await it.outcomeOf(activity('a', 6))).toBe('stored');
});

test('a stored activity with the same id that is being erased does not decide the outcome of a request', async () => {
  const it = setUp(async (queries) => {
    if (queries !== 3) return;
    it.store.activities.clear();
    await it.repository.save([activity('a', 6), activity('b', 7)], [behindRequest, behindRequest]);
  });
  await it.repository.save([activity('a', 3), activity('b', 3)]);
  await it.record();
  const waiting = [activity('a', 6), activity('b', 8, { type: 'OTHER' })].map(it.outcomeOf);
  expect(await Promise.all(waiting)).toEqual(['stored', 'conflict']);
});

test('an older activity that a finished erasure has left decides the outcome of a request', async () => {
  const { outcomeOf, record, repository, ledger } = setUp();
  await repository.save([activity('a', 3)]);
  await record();
  await ledger.finish(ErasureId.parse('of-ann'));
  expect(await outcomeOf(activity('a', 6))).toBe('duplicate');
});

test('no digest is computed while no user is erased, or during the first queries', async () => {
  const quiet = setUp(async (queries) => {
    if (queries === 100) quiet.giveUp();
  });
  expect(await quiet.outcomeOf(activity('a', 4))).toBe('accepted');
  expect(quiet.digested).toEqual([]);

  const it = setUp(async (queries) => {
    if (queries === 3) await it.repository.save([activity('b', 6, { userId: 'bob' })]);
  });
  await it.record('erase', bob);
  expect(await it.outcomeOf(activity('b', 6, { userId: 'bob' }))).toBe('stored');
  expect(it.digested).toEqual([]);
});
