import {
  FixedClock,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryProjectRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import { edgeTopic, ErasureId, LogId, ProjectId, Timestamp, UserId } from '@user-activity/domain';
import { letterOf } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { withoutErasedLetters } from '../src/storing/without-erased-letters.ts';
import { digestUser, erasing } from './erasing.ts';

const [shop, forum] = [ProjectId.parse('shop'), ProjectId.parse('forum')];
const ann = UserId.parse('ann');

/** Makes a dead letter of input that the API refused. Its offset is the time of its death. */
const edgeLetter = (diedAt: number, { project = shop, user = 'ann' } = {}) =>
  letterOf(diedAt, {
    project,
    key: user === '' ? null : Buffer.from(user),
    origin: { topic: edgeTopic, partition: 0, offset: diedAt },
    diedAt: Timestamp.fromMillis(diedAt),
  });

function setUp() {
  const store = new MemoryStore();
  const digested: string[] = [];
  const { ledger } = erasing(store);
  const queue = withoutErasedLetters(new MemoryDeadLetterQueue(store), {
    projects: new MemoryProjectRepository(store),
    ledger,
    digestUser(user) {
      digested.push(user.toString());
      return digestUser(user);
    },
    clock: new FixedClock(),
    deadLetters: new MemoryDeadLetterRepository(store),
  });
  return { queue, ledger, digested, left: () => [...store.letters.values()].map(({ diedAt }) => diedAt) };
}

test('a dead letter of the API is removed again if its user was erased meanwhile', async () => {
  const { queue, ledger, left } = setUp();
  await ledger.record({
    id: ErasureId.parse('e'),
    project: shop,
    userId: ann,
    user: digestUser(ann),
    mode: 'erase',
    requestedAt: Timestamp.fromMillis(5),
    place: { log: LogId.parse('log-1'), partition: 0, offset: 100 },
    topic: 'user-activity',
  });
  await ledger.finish(ErasureId.parse('e'));
  await queue.add([
    edgeLetter(1, { project: forum }),
    edgeLetter(2, { user: 'bob' }),
    edgeLetter(3, { user: '' }),
    edgeLetter(4),
    edgeLetter(5),
    edgeLetter(6),
  ]);
  expect(left()).toEqual([1, 2, 3, 6]);
});

test('no digest of a user is computed while no user is erased', async () => {
  const { queue, digested, left } = setUp();
  await queue.add([edgeLetter(4)]);
  expect([left(), digested]).toEqual([[4], []]);
});
