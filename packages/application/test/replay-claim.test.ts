import {
  FixedClock,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryEventPublisher,
  MemoryLog,
  MemoryStore,
} from '@user-activity/adapter-memory';
import type { Claim } from '@user-activity/domain';
import { letterOf } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { makeReplayInDefault } from './unaudited.ts';

test('a claim lasts until the last portion must be done, even if making the claim took long', async () => {
  const [store, clock] = [new MemoryStore(), new FixedClock()];
  await new MemoryDeadLetterQueue(store).add(Array.from({ length: 500 }, (_, index) => letterOf(index)));
  const deadLetters = new MemoryDeadLetterRepository(store);
  const publisher = new MemoryEventPublisher(new MemoryLog({ partitions: 1 }));
  const claims: Claim[] = [];
  deadLetters.claimReplay = async (claim) => {
    claims.push(claim);
    clock.advance(15_000);
    return 'claimed';
  };
  let begun = 0;
  const republish = publisher.republish.bind(publisher);
  publisher.republish = async (records) => {
    begun = clock.now();
    clock.advance(6000);
    return republish(records);
  };
  const deps = { deadLetters, publisher, clock, maxPortionMs: 600_000 };
  const replay = makeReplayInDefault(deps);
  const from = clock.now();
  clock.advance(1);
  expect(await replay('all')).toEqual({ replayed: 200, tooLarge: 0, more: true });
  expect(claims).toEqual([{ from: from + 1, until: from + 620_001 }]);
  expect(claims[0]?.until).toBeGreaterThanOrEqual(begun + 600_000);
});
