import {
  FixedClock,
  MemoryErasureLedger,
  MemoryEventPublisher,
  MemoryLog,
  MemoryOutbox,
  MemoryStore,
  SequentialIds,
} from '@user-activity/adapter-memory';
import {
  DomainError,
  ErasureId,
  ErasureMode,
  type EventPublisher,
  Principal,
  ProjectId,
  UserId,
} from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { makeAudit } from '../src/audit/audit.ts';
import { type EraseUserDeps, makeEraseUser, makeFindErasure } from '../src/users/erase-user.ts';
import { digestUser } from './erasing.ts';

const shop = ProjectId.parse('shop');
const userId = UserId.parse('ann@example.com');
const draft = { project: shop, userId, mode: ErasureMode.default };

/** The use case on adapters in memory, with a real audit trail. */
function setUp(change: Partial<EraseUserDeps> = {}) {
  const [log, store, clock] = [new MemoryLog({ partitions: 1 }), new MemoryStore(), new FixedClock()];
  const ids = new SequentialIds();
  const ledger = new MemoryErasureLedger(store);
  const audit = makeAudit({ outbox: new MemoryOutbox(store), clock, ids, maxChangeMs: 60_000 });
  const eraseUser = makeEraseUser({
    publisher: new MemoryEventPublisher(log),
    ledger,
    audit,
    clock,
    ids,
    digestUser,
    canAnonymise: true,
    ...change,
  });
  return {
    log,
    store,
    clock,
    ledger,
    eraseUser: (more: Partial<typeof draft> = {}) => eraseUser(Principal.root, { ...draft, ...more }),
    findErasure: makeFindErasure({ ledger }),
    records: () => log.claim('test', 0, 100)?.records ?? [],
    audited: () => [...store.outbox.values()].map(({ activity }) => activity),
  };
}

const unavailable = (code: 'STORE_UNAVAILABLE' | 'STORE_TIMEOUT' | 'LOG_UNAVAILABLE') => () =>
  Promise.reject(new DomainError(code, 'down'));

describe('the request', () => {
  test.each(ErasureMode.all)('is on the log with the key of the user (%s)', async (mode) => {
    const { eraseUser, records, clock } = setUp();
    const erasure = await eraseUser({ mode });
    const requestedAt = clock.now();
    expect(erasure).toEqual({ id: expect.any(String) as string, project: shop, userId, mode, requestedAt });
    const [record, ...others] = records();
    expect(others).toEqual([]);
    expect(record?.content).toEqual({ name: 'ErasureRequested', erasure });
    expect(record?.raw().key).toEqual(new TextEncoder().encode(userId));
  });

  test('is accepted, and known only in its project', async () => {
    const { eraseUser, findErasure } = setUp();
    const { id } = await eraseUser();
    expect(await findErasure({ project: shop, id })).toEqual({ id, status: 'accepted', erased: 0 });
    expect(await findErasure({ project: ProjectId.default, id })).toBe(undefined);
    expect(await findErasure({ project: shop, id: ErasureId.parse('other') })).toBe(undefined);
  });

  test('has a new id each time', async () => {
    const { eraseUser } = setUp();
    const ids = [(await eraseUser()).id, (await eraseUser()).id];
    expect(new Set(ids).size).toBe(2);
  });

  test.each(['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const)(
    'succeeds if it can not be announced: %s',
    async (code) => {
      const { eraseUser, findErasure, records } = setUp({ ledger: { announce: unavailable(code) } });
      const { id } = await eraseUser();
      expect(await findErasure({ project: shop, id })).toBe(undefined);
      expect(records()).toHaveLength(1);
    },
  );

  test('is not announced before the log holds it', async () => {
    const announced: unknown[] = [];
    const publish: EventPublisher['publish'] = unavailable('LOG_UNAVAILABLE');
    const ledger = { announce: async (erasure: unknown) => void announced.push(erasure) };
    const { eraseUser } = setUp({ publisher: { publish }, ledger });
    await expect(eraseUser()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(announced).toEqual([]);
  });

  test('fails if the ledger has a bug', async () => {
    const { eraseUser } = setUp({ ledger: { announce: () => Promise.reject(new TypeError('bug')) } });
    await expect(eraseUser()).rejects.toThrow('bug');
  });
});

describe('the audit event', () => {
  test('has the digest of the user, and not the user id', async () => {
    const { eraseUser, audited } = setUp();
    const { id } = await eraseUser();
    const [event, ...others] = audited();
    expect(others).toEqual([]);
    expect(event?.toJSON()).toMatchObject({
      project: ProjectId.system,
      userId: 'root',
      type: 'USER_ERASED',
      metadata: { project: 'shop', user: digestUser(userId), mode: 'erase', erasure: id, outcome: 'done' },
    });
    expect(event?.toText()).not.toContain('ann');
  });

  test('has an unknown outcome if the log fails, and does not name the user either', async () => {
    const { eraseUser, audited } = setUp({ publisher: { publish: unavailable('LOG_UNAVAILABLE') } });
    await expect(eraseUser()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    const [event] = audited();
    expect(event?.toJSON()).toMatchObject({ metadata: { outcome: 'unknown', error: 'LOG_UNAVAILABLE' } });
    expect(event?.toText()).not.toContain('ann');
  });

  test('is added first: without it nothing is erased', async () => {
    const it = setUp();
    it.store.reachable = false;
    await expect(it.eraseUser()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(it.records()).toEqual([]);
  });
});

describe('without an ANONYMISATION_KEY', () => {
  test('an anonymisation is refused, and leaves no trace', async () => {
    const { eraseUser, records, audited, store } = setUp({ canAnonymise: false });
    await expect(eraseUser({ mode: 'anonymise' })).rejects.toMatchObject({
      code: 'INVALID_QUERY',
      violations: [{ path: '/mode', message: expect.stringContaining('ANONYMISATION_KEY') as string }],
    });
    expect([records(), audited(), store.userErasures.size]).toEqual([[], [], 0]);
  });

  test('users can be erased', async () => {
    const { eraseUser, records } = setUp({ canAnonymise: false });
    await eraseUser();
    expect(records()).toHaveLength(1);
  });
});
