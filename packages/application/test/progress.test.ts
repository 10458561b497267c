import type { PartitionProgress } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { makeCheckHealth } from '../src/health/check-health.ts';
import { ProgressWatchdog } from '../src/health/progress-watchdog.ts';

const limits = { stalled: 2, restart: 4, restarts: 2 };

/** A watchdog, its notifications, and a function that looks at partitions with these committed offsets, which all end at 100. */
function setUp() {
  const told: string[] = [];
  const numbers = (partitions: readonly PartitionProgress[]): string =>
    partitions.map(({ partition }) => partition).join();
  const watchdog = new ProgressWatchdog(limits, {
    stalled: (partitions) => told.push(`stalled ${numbers(partitions)}`),
    restarted: () => told.push('restarted'),
    recovered: () => told.push('recovered'),
    dead: (partitions) => told.push(`dead ${numbers(partitions)}`),
  });
  const progressOf = (committed: readonly number[]): PartitionProgress[] =>
    committed.map((offset, partition) => ({
      partition,
      oldest: 0,
      committed: offset,
      end: 100,
      isMarked: true,
    }));
  const look = (...committed: readonly number[]) => watchdog.look(progressOf(committed));
  const looks = (times: number, ...committed: readonly number[]) =>
    Array.from({ length: times }, () => look(...committed));
  return { watchdog, told, look, looks, progressOf };
}

describe('a consumer that makes progress', () => {
  test('is never stalled, even if it is slow and has a large lag', () => {
    const { watchdog, told, look } = setUp();
    for (let committed = 0; committed < 100; committed += 1) {
      expect(look(committed, 50 + committed / 2)).toBe('none');
      expect(look(committed, 50 + committed / 2)).toBe('none');
      expect(watchdog.state).toBe('moving');
    }
    expect(told).toEqual([]);
  });

  test('may have no lag, or no partition', () => {
    const { watchdog, told, looks } = setUp();
    expect(looks(20, 100, 100)).not.toContain('restart');
    expect(looks(20)).not.toContain('restart');
    expect(watchdog.state).toBe('moving');
    expect(told).toEqual([]);
  });
});

describe('a consumer that commits nothing', () => {
  test('is stalled, is restarted twice, and then counts as dead', () => {
    const { watchdog, told, look, looks } = setUp();
    const states = (): string => watchdog.state;
    expect(looks(2, 7)).toEqual(['none', 'none']);
    expect(states()).toBe('moving');
    expect(look(7)).toBe('none');
    expect(states()).toBe('stalled');
    expect(looks(2, 7)).toEqual(['none', 'restart']);
    expect(looks(4, 7)).toEqual(['none', 'none', 'none', 'restart']);
    expect(states()).toBe('stalled');
    expect(looks(4, 7)).toEqual(['none', 'none', 'none', 'give up']);
    expect(states()).toBe('dead');
    expect(told).toEqual(['stalled 0', 'dead 0']);
  });

  test('is judged by its slowest partition, even if others make progress', () => {
    const { told, look } = setUp();
    const remedies = [0, 1, 2, 3, 4].map((round) => look(round, 7, 100));
    expect(remedies).toEqual(['none', 'none', 'none', 'none', 'restart']);
    expect(told).toEqual(['stalled 1']);
  });

  test('recovers when it makes progress, and its restarts are counted from 0 again', () => {
    const { watchdog, told, looks, look } = setUp();
    expect(looks(9, 7).filter((remedy) => remedy === 'restart')).toHaveLength(2);
    expect(look(8)).toBe('none');
    expect(watchdog.state).toBe('moving');
    expect(looks(8, 8).filter((remedy) => remedy === 'restart')).toHaveLength(2);
    expect(watchdog.state).toBe('stalled');
    expect(told).toEqual(['stalled 0', 'recovered', 'stalled 0']);
  });

  test('recovers when its partition moves to another member', () => {
    const { watchdog, told, looks, look } = setUp();
    looks(6, 7);
    look();
    expect(watchdog.state).toBe('moving');
    expect(told).toEqual(['stalled 0', 'recovered']);
  });

  test('is stalled even if its partition is revoked and assigned repeatedly', () => {
    const { looks, look } = setUp();
    const remedies = Array.from({ length: 5 }, () => [look(7), ...looks(3)]).flat();
    expect(remedies).toContain('restart');
  });

  test('stays dead even if it makes progress later', () => {
    const { watchdog, looks, look } = setUp();
    looks(13, 7);
    expect(look(100)).toBe('none');
    watchdog.outage();
    watchdog.outageOver();
    expect(watchdog.state).toBe('dead');
  });
});

describe('while the log or the store is down', () => {
  test('the watchdog waits, and starts its counts again afterwards', () => {
    const { watchdog, told, looks, look } = setUp();
    looks(2, 7);
    for (let times = 0; times < 100; times += 1) {
      watchdog.outage();
      expect(watchdog.state).toBe('waiting');
    }
    expect(looks(2, 7)).toEqual(['none', 'none']);
    expect(watchdog.state).toBe('waiting');
    expect(look(8)).toBe('none');
    expect(watchdog.state).toBe('moving');
    expect(told).toEqual([]);
  });

  test('a store that sometimes refuses to save counts as down', () => {
    const { watchdog, told, looks } = setUp();
    for (let times = 0; times < 20; times += 1) {
      watchdog.outage();
      expect(looks(2, 7)).toEqual(['none', 'none']);
      expect(watchdog.state).toBe('waiting');
    }
    expect(told).toEqual([]);
  });

  test('a consumer that hangs after an outage is stalled', () => {
    const { watchdog, looks } = setUp();
    watchdog.outage();
    expect(looks(5, 7).at(-1)).toBe('restart');
    expect(watchdog.state).toBe('stalled');
  });

  test('outageOver ends the waiting at once', () => {
    const { watchdog } = setUp();
    watchdog.outage();
    watchdog.outageOver();
    expect(watchdog.state).toBe('moving');
  });
});

test('a partition is suspicious if it has a lag and made no progress', () => {
  const { watchdog, look, progressOf } = setUp();
  expect(watchdog.isSuspicious(progressOf([7]))).toBe(false);
  look(7);
  expect(watchdog.isSuspicious(progressOf([7]))).toBe(true);
  expect(watchdog.isSuspicious(progressOf([8]))).toBe(false);
  expect(watchdog.isSuspicious(progressOf([100]))).toBe(false);
});

test.each([
  ['moving', 'ok'],
  ['waiting', 'unavailable'],
  ['stalled', 'unavailable'],
  ['dead', 'unavailable'],
] as const)('if the consumer is %s, the health check reports progress as %s', async (state, status) => {
  const checkHealth = makeCheckHealth({ log: [], store: [], progress: { state } });
  expect(await checkHealth()).toEqual({ status, checks: { log: 'ok', store: 'ok', progress: status } });
});
