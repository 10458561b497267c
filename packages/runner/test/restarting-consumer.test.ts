import { MemoryEventConsumer, MemoryEventPublisher, MemoryLog } from '@user-activity/adapter-memory';
import { ProgressWatchdog } from '@user-activity/application';
import {
  activityLogged,
  DomainError,
  type EventConsumer,
  type PartitionProgress,
  type RecordHandler,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';

import { describe, expect, test, vi } from 'vitest';
import { RestartingConsumer } from '../src/restarting-consumer.ts';
import { watchProgress, withWatchdog } from '../src/watch-progress.ts';

const skip = (): undefined => undefined;

/** A member that a test controls. */
class Member implements EventConsumer {
  readonly #end = Promise.withResolvers<void>();
  readonly ended = this.#end.promise;
  handler: RecordHandler | undefined;
  stops = 0;
  committed = 0;
  readonly starting: () => Promise<void>;
  readonly stopping: () => Promise<void>;

  constructor(starting: () => Promise<void> = async () => undefined, stopping = starting) {
    this.starting = starting;
    this.stopping = stopping;
    this.ended.catch(skip);
  }

  async start(handler: RecordHandler): Promise<void> {
    this.handler = handler;
    await this.starting();
  }

  async ping(): Promise<void> {
    await Promise.resolve();
  }

  async progress(): Promise<readonly PartitionProgress[]> {
    return [{ partition: 0, committed: this.committed, end: 10 }];
  }

  async stop(): Promise<void> {
    this.stops += 1;
    await this.stopping();
    this.#end.resolve();
  }

  crash(why: string): void {
    this.#end.reject(new Error(why));
  }
}

const never = (): Promise<void> => new Promise(skip);

/** Makes a consumer with these members, one after the other. `events` has its pauses, and the reasons of its restarts. */
function setUp(...members: readonly Member[]) {
  const events: string[] = [];
  const unused = [...members];
  const consumer = new RestartingConsumer({
    make: () => unused.shift() ?? new Member(),
    pause: async (failures) => {
      events.push(`pause ${failures}`);
    },
    onRestart: (reason) => events.push(String(reason)),
    stopTimeoutMs: 20,
    maxFailures: 3,
  });
  return { consumer, events };
}

const started = (member: Member) => vi.waitFor(() => expect(member.handler).toBeDefined());

describe('a member is replaced', () => {
  test('after a pause if it ends by itself', async () => {
    const [first, second] = [new Member(), new Member()];
    const { consumer, events } = setUp(first, second);
    await consumer.start(async () => undefined);
    first.crash('it is gone');
    await started(second);
    expect(events).toEqual(['Error: it is gone', 'pause 1']);
    expect(first.stops).toBe(1);
    await consumer.stop();
    await consumer.ended;
  });

  test('at once by `restart`, even if it never stops', async () => {
    const [first, second] = [new Member(undefined, never), new Member()];
    const { consumer, events } = setUp(first, second);
    await consumer.start(async () => undefined);
    consumer.restart('frozen');
    await started(second);
    expect(events).toEqual(['frozen']);
    await consumer.stop();
  });

  test('by `restart` while it joins its group', async () => {
    const [first, second, third] = [new Member(), new Member(never), new Member()];
    const { consumer } = setUp(first, second, third);
    await consumer.start(async () => undefined);
    consumer.restart('frozen');
    await started(second);
    consumer.restart('still frozen');
    await started(third);
    expect(second.stops).toBe(1);
    // The end of a replaced member has no effect.
    second.crash('late');
    await consumer.ping();
    await consumer.stop();
    await consumer.ended;
  });

  test('after a longer pause if it cannot join its group', async () => {
    const failing = new Member(() => Promise.reject(new Error('no coordinator')), skip as never);
    const [first, third] = [new Member(), new Member()];
    const { consumer, events } = setUp(first, failing, third);
    await consumer.start(async () => undefined);
    first.crash('it is gone');
    await started(third);
    expect(events).toEqual(['Error: it is gone', 'pause 1', 'Error: no coordinator', 'pause 2']);
    await consumer.stop();
  });
});

test('the consumer gives up after several failures in a row, with the last reason', async () => {
  const members = [new Member(), new Member(), new Member()];
  const { consumer } = setUp(...members);
  await consumer.start(async () => undefined);
  for (const [index, member] of members.entries()) {
    await started(member);
    member.crash(`crash ${index + 1}`);
  }
  await expect(consumer.ended).rejects.toThrow('crash 3');
});

test('failures are not in a row if records were handled between them', async () => {
  const members = [new Member(), new Member(), new Member(), new Member()];
  const { consumer, events } = setUp(...members);
  await consumer.start(async () => undefined);
  for (const member of members.slice(0, 3)) {
    await started(member);
    await member.handler?.([], new AbortController().signal);
    member.crash('again');
  }
  await vi.waitFor(() => expect(events.filter((line) => line === 'pause 1')).toHaveLength(3));
  await consumer.stop();
  await consumer.ended;
});

test('the start fails if the first member cannot join', async () => {
  const failing = new Member(() => Promise.reject(new Error('no coordinator')));
  await expect(setUp(failing).consumer.start(async () => undefined)).rejects.toThrow('no coordinator');
});

test('a stopped consumer starts no new member, and its ping rejects', async () => {
  const [first, second] = [new Member(), new Member()];
  const { consumer } = setUp(first, second);
  await consumer.start(async () => undefined);
  const stopping = consumer.stop();
  consumer.restart('frozen');
  await stopping;
  first.crash('late');
  await consumer.ended;
  expect(second.handler).toBeUndefined();
  await expect(consumer.ping()).rejects.toBeInstanceOf(DomainError);
});

describe('under the watchdog', () => {
  /** Watches a consumer whose member lags by ten records, and checks it as often as possible. */
  function watched(store: () => Promise<void>, ...members: readonly Member[]) {
    const { consumer, events } = setUp(...members);
    const watchdog = new ProgressWatchdog(
      { stalled: 2, restart: 4, restarts: 1 },
      {
        stalled: () => events.push('stalled'),
        restarted: skip,
        recovered: () => events.push('recovered'),
        dead: () => events.push('dead'),
      },
    );
    const over = new AbortController();
    consumer.ended.then(skip, skip).finally(() => over.abort());
    const watching = watchProgress({ consumer, store: { ping: store }, watchdog }, 1, over.signal);
    return { consumer, events, watchdog, watching };
  }

  test('a consumer that makes progress after its restart continues', async () => {
    const second: Member = new Member(async () => {
      second.committed = 10;
    });
    const { consumer, events, watching } = watched(async () => undefined, new Member(), second);
    await consumer.start(async () => undefined);
    await vi.waitFor(() => expect(events.at(-1)).toBe('recovered'));
    await consumer.stop();
    await watching;
    expect(events).toEqual([
      'stalled',
      'Error: The consumer committed no record within the time limit.',
      'recovered',
    ]);
  });

  test('a consumer that makes no progress after restarts ends', async () => {
    const { consumer, events, watchdog, watching } = watched(async () => undefined);
    await consumer.start(async () => undefined);
    await expect(consumer.ended).rejects.toThrow('even after restarts');
    await watching;
    expect(watchdog.state).toBe('dead');
    expect(events.at(-1)).toBe('dead');
  });

  test('a consumer is not restarted while its store is down', async () => {
    let pings = 0;
    const { consumer, events, watchdog } = watched(async () => {
      pings += 1;
      throw new DomainError('STORE_UNAVAILABLE', 'down');
    });
    await consumer.start(async () => undefined);
    await vi.waitFor(() => expect(pings).toBeGreaterThan(20));
    expect(watchdog.state).toBe('waiting');
    expect(events).toEqual([]);
    await consumer.stop();
  });

  test('the watchdog waits after a save that fails in an outage, and not after a save that fails because of a bug', () => {
    const watchdog = new ProgressWatchdog(
      { stalled: 2, restart: 4, restarts: 1 },
      { stalled: skip, restarted: skip, recovered: skip, dead: skip },
    );
    const observed: number[] = [];
    const observer = withWatchdog(
      { failed: (_, failures) => observed.push(failures), recovered: (failures) => observed.push(-failures) },
      watchdog,
    );
    observer.failed(new TypeError('a bug'), 1);
    expect(watchdog.state).toBe('moving');
    observer.failed(new DomainError('STORE_UNAVAILABLE', 'down'), 2);
    expect(watchdog.state).toBe('waiting');
    observer.recovered(2);
    expect(watchdog.state).toBe('moving');
    expect(observed).toEqual([1, 2, -2]);
  });
});

test('all records of a log in memory are handled across a restart', async () => {
  const log = new MemoryLog();
  const publisher = new MemoryEventPublisher(log);
  const consumer = new RestartingConsumer({
    make: () => new MemoryEventConsumer(log),
    pause: async () => undefined,
    onRestart: skip,
  });
  const ids = new Set<string>();
  await consumer.start(async (records) => {
    for (const { content } of records) if (content.name === 'ActivityLogged') ids.add(content.activity.id);
  });
  await publisher.publish([activityLogged(sampleActivity({ id: 'before' }))]);
  await vi.waitFor(() => expect(ids).toContain('before'));
  consumer.restart('a test');
  await publisher.publish([activityLogged(sampleActivity({ id: 'after' }))]);
  await vi.waitFor(() => expect(ids).toContain('after'));
  await consumer.stop();
});
