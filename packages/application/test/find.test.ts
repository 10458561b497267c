import {
  MemoryActivityRepository,
  MemoryEventPublisher,
  MemoryLog,
  MemoryStore,
} from '@user-activity/adapter-memory';
import { ActivityFilter, ActivityId, ActivityQuery, StoredActivity } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { makeCheckHealth } from '../src/health/check-health.ts';
import { makeFindActivities, makeFindActivity } from '../src/querying/find-activities.ts';

test('finds a page, and an activity by its id', async () => {
  const repository = new MemoryActivityRepository();
  const [older, newer] = sampleActivities(2);
  if (older === undefined || newer === undefined) throw new Error('There are two.');
  await repository.save([older, newer]);
  const query = ActivityQuery.of({ filter: ActivityFilter.of({ project: older.project }), limit: 1 });
  expect(await makeFindActivities({ repository })(query)).toEqual({
    activities: [StoredActivity.of(newer)],
    hasMore: true,
  });
  expect(await makeFindActivity({ repository })(older)).toEqual(StoredActivity.of(older));
  expect(
    await makeFindActivity({ repository })({ project: older.project, id: ActivityId.parse('unknown') }),
  ).toBeUndefined();
});

test.each([
  [true, true, { status: 'ok', checks: { log: 'ok', store: 'ok' } }],
  [false, true, { status: 'unavailable', checks: { log: 'unavailable', store: 'ok' } }],
  [true, false, { status: 'unavailable', checks: { log: 'ok', store: 'unavailable' } }],
])(
  'the health names what is unavailable (log reachable: %s, store reachable: %s)',
  async (logReachable, storeReachable, health) => {
    const log = new MemoryLog();
    const store = new MemoryStore();
    log.reachable = logReachable;
    store.reachable = storeReachable;
    const checkHealth = makeCheckHealth({
      log: [new MemoryEventPublisher(log)],
      store: [new MemoryActivityRepository(store)],
    });
    expect(await checkHealth()).toEqual(health);
  },
);
