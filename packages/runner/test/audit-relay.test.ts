import { DomainError } from '@user-activity/domain';
import { expect, onTestFinished, test, vi } from 'vitest';
import { AuditRelay } from '../src/audit-relay.ts';

/** A relay whose use cases a test replaces. It is closed after the test. */
function setUp(change: {
  readonly relayAuditEvents?: () => Promise<number>;
  readonly flushReadLog?: () => Promise<number>;
}) {
  const log = () => vi.fn<(...args: readonly unknown[]) => void>();
  const logger = { error: log(), warn: log() };
  const useCases = { relayAuditEvents: async () => 0, flushReadLog: async () => 0, ...change };
  const relay = new AuditRelay(useCases, logger, 1);
  onTestFinished(() => relay.close());
  return { relay, logger };
}

test('relays events and flushes reads again and again, and logs an outage of each once', async () => {
  const calls = { relay: 0, flush: 0 };
  const { relay, logger } = setUp({
    async relayAuditEvents() {
      calls.relay += 1;
      if (calls.relay < 5) throw new DomainError('LOG_UNAVAILABLE', 'gone');
      return 1;
    },
    async flushReadLog() {
      calls.flush += 1;
      throw new DomainError('LOG_BUSY', 'full');
    },
  });
  relay.start();
  await expect.poll(() => Math.min(calls.relay, calls.flush)).toBeGreaterThan(6);
  expect(logger.warn.mock.calls).toEqual([
    [{ code: 'LOG_UNAVAILABLE' }, 'could not publish audit events; they wait in the outbox'],
    [{ code: 'LOG_BUSY' }, 'could not log reads; they wait in memory'],
  ]);
  expect(logger.error).not.toHaveBeenCalled();
});

test('a bug is logged, and does not end the relay', async () => {
  const bug = new Error('a bug');
  let calls = 0;
  const { relay, logger } = setUp({
    async relayAuditEvents() {
      calls += 1;
      if (calls === 1) throw bug;
      return 0;
    },
  });
  relay.start();
  await expect.poll(() => calls).toBeGreaterThan(3);
  expect(logger.error.mock.calls).toEqual([[{ err: bug }, expect.any(String)]]);
});

test('warns of dropped reads', async () => {
  const dropped = [0, 3];
  const { relay, logger } = setUp({ flushReadLog: async () => dropped.shift() ?? 0 });
  relay.start();
  await expect.poll(() => dropped.length).toBe(0);
  await relay.close();
  expect(logger.warn.mock.calls).toEqual([
    [{ dropped: 3 }, 'did not log some reads: too many waited for the log'],
  ]);
});

test('publishes once more when it is closed, and never afterwards', async () => {
  const calls = { relay: 0, flush: 0 };
  const { relay } = setUp({
    async relayAuditEvents() {
      calls.relay += 1;
      throw new DomainError('LOG_UNAVAILABLE', 'gone');
    },
    async flushReadLog() {
      calls.flush += 1;
      return 0;
    },
  });
  await relay.close();
  expect(calls).toEqual({ relay: 1, flush: 1 });
  relay.start();
  expect(calls).toEqual({ relay: 1, flush: 1 });
});

test('`close` does not wait for a log that hangs', async () => {
  const hanging = Promise.withResolvers<number>();
  const { relay } = setUp({ relayAuditEvents: () => hanging.promise });
  relay.start();
  await expect(relay.close()).resolves.toBeUndefined();
});
