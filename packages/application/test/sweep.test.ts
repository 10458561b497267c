import {
  FixedClock,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  type DeadLetter,
  DomainError,
  edgeTopic,
  type LetterSweep,
  type SweepLimits,
  Timestamp,
} from '@user-activity/domain';
import { letterOf } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import {
  type DeadLetterRetention,
  makeSweepDeadLetters,
  maxEdgeBytes,
  withinQuota,
} from '../src/dead-letters/sweep-dead-letters.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** The sweep, on two dead letters in memory that died just now: one of the API, and one from the log. */
async function setUp(retention: DeadLetterRetention = { edgeDays: 30, logDays: undefined }) {
  const [store, clock] = [new MemoryStore(), new FixedClock()];
  const diedAt = clock.now();
  const edge = letterOf(1, {
    origin: { topic: edgeTopic, partition: 0, offset: 1 },
    code: 'invalid',
    diedAt,
  });
  await new MemoryDeadLetterQueue(store).add([edge, letterOf(2, { diedAt })]);
  const deadLetters = new MemoryDeadLetterRepository(store);
  const left = (): string[] => [...store.letters.values()].map(({ origin }) => origin.topic);
  return { store, clock, left, sweep: makeSweepDeadLetters({ deadLetters, clock, retention }) };
}

describe('removal by age', () => {
  test('letters of the API are removed after their retention, and letters from the log are kept by default', async () => {
    const { clock, left, sweep } = await setUp();
    await sweep('schedule');
    clock.advance(30 * dayMs);
    for (let round = 0; round < 3; round += 1) await sweep('schedule');
    expect(left()).toEqual([edgeTopic, 'user-activity']);
    clock.advance(1);
    await sweep('schedule');
    expect(await sweep('schedule')).toMatchObject({ expired: 1, evicted: 0 });
    clock.advance(100_000 * dayMs);
    for (let round = 0; round < 3; round += 1) await sweep('schedule');
    expect(left()).toEqual(['user-activity']);
  });

  test('letters from the log are removed after the number of days that an operator sets', async () => {
    const { clock, left, sweep } = await setUp({ edgeDays: 30, logDays: 7 });
    clock.advance(7 * dayMs + 1);
    for (let round = 0; round < 2; round += 1) await sweep('schedule');
    expect(left()).toEqual([edgeTopic]);
  });

  test('a clock that is wrong at one sweep does not remove letters', async () => {
    for (const wrong of [0, 1, 2]) {
      const { clock, left, sweep } = await setUp({ edgeDays: 30, logDays: 30 });
      for (let round = 0; round < 4; round += 1) {
        if (round === wrong) clock.advance(365 * dayMs);
        await sweep('schedule');
        await sweep('quota');
        if (round === wrong) clock.advance(-365 * dayMs);
      }
      clock.advance(-365 * dayMs);
      await sweep('schedule');
      expect(left()).toEqual([edgeTopic, 'user-activity']);
    }
  });

  test('a clock before 1970 is not an error', async () => {
    const { clock, left, sweep } = await setUp({ edgeDays: 36_500, logDays: 36_500 });
    for (let round = 0; round < 2; round += 1) await sweep('schedule');
    expect([clock.now() > 0, left()]).toEqual([true, [edgeTopic, 'user-activity']]);
  });
});

test('a sweep repeats portions until nothing is due, and returns the sums', async () => {
  const asked: SweepLimits[] = [];
  const answers: LetterSweep[] = [
    { expired: 400, evicted: 100, edgeBytes: 3 },
    { expired: 0, evicted: 500, edgeBytes: 2 },
    { expired: 0, evicted: 499, edgeBytes: 1 },
  ];
  const sweep = makeSweepDeadLetters({
    deadLetters: {
      async sweep(limits) {
        asked.push(limits);
        return answers[asked.length - 1] ?? { expired: 0, evicted: 0, edgeBytes: 0 };
      },
    },
    clock: new FixedClock(),
    retention: { edgeDays: 30, logDays: undefined },
  });
  expect(await sweep('quota')).toEqual({ expired: 400, evicted: 1099, edgeBytes: 1 });
  const limits = { edgeBefore: undefined, logBefore: undefined, maxEdgeBytes, limit: 500 };
  expect(asked).toEqual([limits, limits, limits]);
});

describe('the quota', () => {
  const large = (topic: string, count: number): DeadLetter[] =>
    Array.from({ length: count }, (_, offset) =>
      letterOf(offset, {
        origin: { topic, partition: 0, offset },
        value: new Uint8Array(64 * 1024),
        diedAt: Timestamp.fromMillis(offset),
      }),
    );

  test('is enforced after each 16 MiB of letters of the API, before the response to the sender', async () => {
    const why: string[] = [];
    const queue = withinQuota(new MemoryDeadLetterQueue(), async (reason) => {
      why.push(reason);
      return { expired: 0, evicted: 0, edgeBytes: 0 };
    });
    await queue.add(large('user-activity', 1000));
    await queue.add(large(edgeTopic, 200));
    expect(why).toEqual([]);
    await queue.add(large(edgeTopic, 60));
    expect(why).toEqual(['quota']);
    await queue.add(large(edgeTopic, 60));
    expect(why).toEqual(['quota']);
    for (let round = 0; round < 10; round += 1) await queue.add(large(edgeTopic, 100));
    expect(why).toHaveLength(4);
  });

  test('does not make `add` fail if the sweep fails, and is enforced at the next letter', async () => {
    let [calls, failure]: [number, Error] = [0, new DomainError('STORE_UNAVAILABLE', 'gone')];
    const queue = withinQuota(new MemoryDeadLetterQueue(), () => {
      calls += 1;
      return Promise.reject(failure);
    });
    await queue.add(large(edgeTopic, 300));
    await queue.add(large(edgeTopic, 1));
    expect(calls).toBe(2);
    failure = new TypeError('a bug');
    await expect(queue.add(large(edgeTopic, 1))).rejects.toBe(failure);
  });
});
