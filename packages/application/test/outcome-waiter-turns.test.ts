import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  FixedClock,
  MemoryDeadLetterRepository,
  MemoryProjectRepository,
  MemoryStore,
} from '@user-activity/adapter-memory';
import { StoredActivity, Turns, type UserActivity } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { OutcomeWaiter } from '../src/logging/outcome-waiter.ts';
import { erasing } from './erasing.ts';

/** A waiter that finds the activities of all requests. A comparison takes 6 ms. The test lets time and turns of the event loop pass. */
function setUp(ids: readonly string[]) {
  let time = 0;
  const rounds: (() => void)[] = [];
  const compared: string[] = [];
  const found = ids.map((id) => {
    const stored = StoredActivity.of(sampleActivity({ id }));
    const compare = (activity: UserActivity): ReturnType<typeof stored.compare> => {
      compared.push(id);
      time += 6;
      return stored.compare(activity);
    };
    return Object.assign(Object.create(stored) as StoredActivity, { compare, id });
  });
  const waiter = new OutcomeWaiter({
    repository: { findByIds: async () => found },
    deadLetters: new MemoryDeadLetterRepository(),
    projects: new MemoryProjectRepository(),
    ...erasing(new MemoryStore()),
    clock: new FixedClock(),
    sleep: () => nextTurn(),
    turns: new Turns({ defer: (resume) => rounds.push(resume), now: () => time }),
    max: ids.length,
  });
  const round = async (): Promise<void> => {
    while (rounds.length === 0) await nextTurn();
    rounds.shift()?.();
    await nextTurn();
  };
  return { waiter, compared, round };
}

test('other work runs between long comparisons, and abandoned requests are not compared', async () => {
  const { waiter, compared, round } = setUp(['a', 'b', 'c', 'd']);
  const [staying, leaving] = [new AbortController(), new AbortController()];
  const waiting = ['a', 'b', 'c', 'd'].map((id) =>
    waiter.outcomeOf(sampleActivity({ id }), (id === 'd' ? leaving : staying).signal),
  );
  await round();
  expect(compared).toEqual(['a', 'b']);
  leaving.abort();
  await round();
  expect(compared).toEqual(['a', 'b', 'c']);
  expect(await Promise.all(waiting)).toEqual(['stored', 'stored', 'stored', 'accepted']);
});
