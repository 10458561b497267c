import {
  FixedClock,
  MemoryEventPublisher,
  MemoryLog,
  MemoryOutbox,
  MemoryStore,
  SequentialIds,
} from '@user-activity/adapter-memory';
import {
  DomainError,
  KeyId,
  KeyProject,
  maxOutboxEntries,
  maxOutboxEntriesOfProjects,
  type Outbox,
  Principal,
  Scope,
  Timestamp,
} from '@user-activity/domain';
import { expect, test } from 'vitest';
import { type ChangeEvent, makeAudit } from '../src/audit/audit.ts';
import { makeRelayAuditEvents } from '../src/audit/relay-audit-events.ts';

const event: ChangeEvent = {
  type: 'KEY_CREATED',
  principal: Principal.root,
  details: { key: '9f86d081884c7d65' },
};
const unavailable = (): Promise<never> => Promise.reject(new DomainError('STORE_UNAVAILABLE', 'gone'));

/** An outbox with a relay and a log, in memory. `change` replaces methods of the outbox that the audit uses. */
function setUp(change: Partial<Outbox> = {}) {
  const [log, store, clock] = [new MemoryLog({ partitions: 1 }), new MemoryStore(), new FixedClock()];
  const outbox = new MemoryOutbox(store);
  const publisher = new MemoryEventPublisher(log);
  const used = {
    add: change.add ?? ((activity, dueAt, max) => outbox.add(activity, dueAt, max)),
    settle: change.settle ?? ((activity) => outbox.settle(activity)),
    withdraw: change.withdraw ?? ((id) => outbox.withdraw(id)),
  } satisfies Partial<Outbox>;
  return {
    log,
    store,
    clock,
    outbox,
    audit: makeAudit({ outbox: used, clock, ids: new SequentialIds(), maxChangeMs: 60_000 }),
    relay: makeRelayAuditEvents({ outbox, publisher, clock }),
    /** Returns the activities on the log. */
    logged() {
      const records = log.claim('test', 0, 10_000)?.records ?? [];
      log.release('test', 0, 0);
      return records.map(({ content }) => content.name === 'ActivityLogged' && content.activity.toJSON());
    },
  };
}

test('a completed change is on the log once, with its details and its actor', async () => {
  const { audit, relay, logged, clock, store } = setUp();
  expect(
    await audit(
      event,
      async () => 7,
      (result) => ({ result }),
    ),
  ).toBe(7);
  expect(await relay()).toBe(1);
  expect(await relay()).toBe(0);
  expect(store.outbox.size).toBe(0);
  const now = Timestamp.toISO(clock.now());
  expect(logged()).toEqual([
    {
      project: '_system',
      id: expect.any(String) as string,
      userId: 'root',
      type: 'KEY_CREATED',
      metadata: { key: '9f86d081884c7d65', result: 7, outcome: 'done' },
      createdAt: now,
      receivedAt: now,
    },
  ]);
});

test('the event is in the outbox before the change, and is not published during it', async () => {
  const { audit, relay, store } = setUp();
  await audit(
    event,
    async () => {
      expect(store.outbox.size).toBe(1);
      expect(await relay()).toBe(0);
    },
    () => ({}),
  );
  expect(await relay()).toBe(1);
});

test('a change without effect leaves no event', async () => {
  const { audit, relay, store } = setUp();
  expect(
    await audit(
      event,
      async () => 'absent',
      () => 'unchanged',
    ),
  ).toBe('absent');
  expect(store.outbox.size).toBe(0);
  expect(await relay()).toBe(0);
});

test.each([
  [new DomainError('STORE_TIMEOUT', 'late'), { error: 'STORE_TIMEOUT' }],
  [new Error('a bug that quotes a secret'), {}],
])('a change that throws %s has an event with an unknown outcome', async (error, reason) => {
  const { audit, relay, logged } = setUp();
  const change = async (): Promise<never> => {
    throw error;
  };
  const work = audit(event, change, () => ({}));
  await expect(work).rejects.toBe(error);
  expect(await relay()).toBe(1);
  expect(logged()).toMatchObject([{ metadata: { ...event.details, ...reason, outcome: 'unknown' } }]);
  expect(JSON.stringify(logged())).not.toContain('secret');
});

test('nothing is changed if the event cannot be added', async () => {
  const { audit } = setUp({ add: unavailable });
  let isChanged = false;
  const change = async (): Promise<void> => {
    isChanged = true;
  };
  await expect(audit(event, change, () => ({}))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  const full = setUp({ add: async () => 'full' });
  await expect(full.audit(event, change, () => ({}))).rejects.toMatchObject({
    code: 'LOG_BUSY',
    message: expect.stringContaining(`Nothing was changed: ${maxOutboxEntries} audit events`) as string,
  });
  expect(isChanged).toBe(false);
});

test('the key of a project cannot fill the outbox, so that an operator can still revoke it', async () => {
  const { audit, store } = setUp();
  const actor = KeyId.parse('9f86d081884c7d65');
  const ofShop = { actor, project: KeyProject.parse('shop'), scopes: Scope.all, origins: [] };
  const changeAs = (principal: Principal) =>
    audit(
      { ...event, principal },
      async () => 7,
      () => ({}),
    );
  for (let number = 0; number < maxOutboxEntriesOfProjects; number += 1) await changeAs(ofShop);
  await expect(changeAs(ofShop)).rejects.toMatchObject({
    code: 'LOG_BUSY',
    message: expect.stringContaining(`${maxOutboxEntriesOfProjects} audit events`) as string,
  });
  for (const operator of [Principal.root, { ...ofShop, project: KeyProject.operator }])
    expect(await changeAs(operator)).toBe(7);
  expect(store.outbox.size).toBe(maxOutboxEntriesOfProjects + 2);
});

test.each([
  ['settled', () => ({})],
  ['withdrawn', () => 'unchanged' as const],
])(
  'a change returns its result even if its event cannot be %s, and the event becomes ready when it is due',
  async (_, detailsOf) => {
    const { audit, relay, logged, clock } = setUp({ settle: unavailable, withdraw: unavailable });
    expect(await audit(event, async () => 7, detailsOf)).toBe(7);
    clock.advance(59_999);
    expect(await relay()).toBe(0);
    clock.advance(1);
    expect(await relay()).toBe(1);
    expect(logged()).toMatchObject([{ metadata: { outcome: 'unknown' } }]);
  },
);

test('a change that takes longer than the maximum is logged once, with an unknown outcome', async () => {
  const { audit, relay, logged, clock } = setUp();
  await audit(
    event,
    async () => {
      clock.advance(60_000);
      expect(await relay()).toBe(1);
    },
    () => ({}),
  );
  expect(await relay()).toBe(0);
  expect(logged()).toMatchObject([{ metadata: { outcome: 'unknown' } }]);
});

test('changes succeed while the log is down, and their events are published in their order afterwards', async () => {
  const { audit, relay, logged, log, clock } = setUp();
  log.reachable = false;
  for (let number = 0; number < 250; number += 1) {
    await audit(
      event,
      async () => number,
      (result) => ({ result }),
    );
    clock.advance(1);
  }
  await expect(relay()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  log.reachable = true;
  expect(await relay()).toBe(250);
  expect(logged().map((activity) => activity && activity.metadata['result'])).toEqual(
    Array.from({ length: 250 }, (_, index) => index),
  );
});

test('an event that was published, but not removed, is published again with the same id', async () => {
  const { audit, outbox, logged, log, clock } = setUp();
  await audit(
    event,
    async () => 7,
    () => ({}),
  );
  const publisher = new MemoryEventPublisher(log);
  const found = { findReady: outbox.findReady.bind(outbox), remove: unavailable };
  const interrupted = makeRelayAuditEvents({ outbox: found, publisher, clock });
  await expect(interrupted()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await makeRelayAuditEvents({ outbox, publisher, clock })()).toBe(1);
  const [first, second] = logged();
  expect(second).toEqual(first);
});
