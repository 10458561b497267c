import { ProgressWatchdog } from '@user-activity/application';
import { DomainError } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { watchProgress, withWatchdog } from '../src/watch-progress.ts';
import { consumerOf, Member, skip } from './members.ts';

describe('with a watchdog', () => {
  /** Watches a consumer whose member lags by ten records, and checks it as often as possible. */
  function watched(store: () => Promise<void>, ...members: readonly Member[]) {
    const { consumer, events } = consumerOf(...members);
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
    await expect.poll(() => events.at(-1)).toBe('recovered');
    await consumer.stop();
    await watching;
    expect(events).toEqual(['stalled', 'it committed no record within the time limit', 'recovered']);
  });

  test('a consumer ends if it makes no progress even after restarts', async () => {
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
    await expect.poll(() => pings).toBeGreaterThan(20);
    expect(watchdog.state).toBe('waiting');
    expect(events).toEqual([]);
    await consumer.stop();
  });

  test('the watchdog waits after a save that fails in an outage, but not after one that fails because of a bug', () => {
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
