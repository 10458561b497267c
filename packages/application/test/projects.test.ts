import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryEventPublisher,
  MemoryLog,
  MemoryProjectRepository,
  MemoryStore,
  SequentialIds,
} from '@user-activity/adapter-memory';
import { ActivityId, DeadLetterId, defaultRecordingRules, ProjectId, Turns } from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { makeReplayDeadLetters } from '../src/dead-letters/replay-dead-letters.ts';
import { FaultyDraft, makeLogActivities } from '../src/logging/log-activities.ts';
import { makeLogActivity } from '../src/logging/log-activity.ts';
import { makeLogCalls } from '../src/logging/log-calls.ts';
import { OutcomeWaiter } from '../src/logging/outcome-waiter.ts';
import { makeFindStatus } from '../src/querying/find-status.ts';
import { makeStoreActivities } from '../src/storing/store-activities.ts';
import { erasing } from './erasing.ts';
import { activitiesOn, recordsOf, settling, spanOf } from './records.ts';
import { asRoot, unaudited } from './unaudited.ts';

const [shop, blog] = ['shop', 'blog'].map((name) => ProjectId.parse(name)) as [ProjectId, ProjectId];
const id = ActivityId.parse('same');
const draft = { id, userId: '123', type: 'LOGIN' };

function setUp() {
  const [log, store, clock] = [new MemoryLog({ partitions: 1 }), new MemoryStore(), new FixedClock()];
  return {
    log,
    store,
    publisher: new MemoryEventPublisher(log),
    repository: new MemoryActivityRepository(store),
    deadLetters: new MemoryDeadLetterRepository(store),
    deadLetterQueue: new MemoryDeadLetterQueue(store),
    clock,
    ids: new SequentialIds(),
    rules: defaultRecordingRules,
  };
}

test('each use case that logs activities does so in the project of its caller', async () => {
  const deps = setUp();
  await makeLogActivity(deps)({ project: shop }, draft);
  await makeLogActivities(deps)({ project: blog }, [[draft, {}]]);
  const call = {
    id,
    draft: { activity: draft, losses: [] },
    undated: () => ({ activity: draft, losses: [] }),
  };
  await makeLogCalls(deps)({ project: ProjectId.default }, [[{ ...call, original: () => letterOf(1) }]]);
  expect(activitiesOn(deps.log).map(({ project, id: logged }) => [project, logged])).toEqual([
    ['shop', 'same'],
    ['blog', 'same'],
    ['default', 'same'],
  ]);
});

test('the dead letter of a call belongs to the project of its caller', async () => {
  const deps = setUp();
  const faulty = new FaultyDraft([{ path: '/userId', message: 'is required' }]);
  await makeLogCalls(deps)({ project: shop }, [
    [{ id, draft: faulty, undated: () => faulty, original: () => letterOf(1) }],
  ]);
  expect([...deps.store.letters.values()]).toMatchObject([{ project: 'shop', code: 'invalid' }]);
});

test('the dead letter of a record belongs to the project that the record names', async () => {
  const deps = setUp();
  const storeActivities = makeStoreActivities({
    ...deps,
    ...settling(deps.store),
    pause: async () => undefined,
    grace: async () => undefined,
    observer: { failed: () => undefined, recovered: () => undefined },
  });
  const first = sampleActivity({ project: shop, id });
  const conflicting = sampleActivity({ project: shop, id, metadata: { other: true } });
  const elsewhere = sampleActivity({ project: blog, id, metadata: { other: true } });
  const records = recordsOf(first, conflicting, elsewhere, 'unreadable');
  expect(await storeActivities(records, new AbortController().signal, spanOf(records))).toMatchObject({
    stored: 2,
    conflict: 1,
    dead_lettered: 1,
  });
  expect([...deps.store.letters.values()].map(({ project, code }) => [project, code])).toEqual([
    ['default', 'unreadable'],
    ['shop', 'conflict'],
  ]);
});

test('an id has a separate status in each project', async () => {
  const deps = setUp();
  await deps.repository.save([sampleActivity({ project: shop, id })]);
  await deps.deadLetterQueue.add([letterOf(1, { project: blog, activityId: id })]);
  const findStatus = makeFindStatus(deps);
  const statuses = [shop, blog, ProjectId.default].map((project) => findStatus({ project, id }));
  expect(await Promise.all(statuses)).toEqual(['stored', 'dead_lettered', 'unknown']);
});

test('requests that wait for one id in several projects get the outcome in their own project', async () => {
  const deps = setUp();
  const [stored, other] = [sampleActivity({ project: shop, id }), sampleActivity({ project: blog, id })];
  await deps.repository.save([stored, sampleActivity({ project: blog, id, userId: 'someone else' })]);
  const waiter = new OutcomeWaiter({
    ...deps,
    projects: new MemoryProjectRepository(),
    ...erasing(deps.store),
    sleep: async () => undefined,
    turns: new Turns({ defer: queueMicrotask, now: () => 0 }),
    max: 10,
  });
  const { signal } = new AbortController();
  const outcomes = [stored, other, stored].map((activity) => waiter.outcomeOf(activity, signal));
  expect(await Promise.all(outcomes)).toEqual(['stored', 'conflict', 'stored']);
});

test.each(['all', 'by id'])('a replay of %s takes only letters of its project', async (which) => {
  const deps = setUp();
  const letters = [letterOf(1, { project: shop }), letterOf(2, { project: blog })];
  await deps.deadLetterQueue.add(letters);
  deps.clock.advance(60_000);
  const ids = letters.map(({ origin }) => DeadLetterId.of(origin));
  const replay = asRoot(makeReplayDeadLetters({ ...deps, audit: unaudited, maxPortionMs: 1000 }));
  expect(await replay(shop, which === 'all' ? 'all' : ids)).toEqual({
    replayed: 1,
    tooLarge: 0,
    more: false,
  });
  expect([...deps.store.letters.values()]).toEqual(letters.slice(1));
});
