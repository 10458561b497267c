import type { PartitionProgress } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { makeCheckHealth } from '../src/health/check-health.ts';
import { ProgressWatchdog } from '../src/health/progress-watchdog.ts';

const limits = { stalled: 2, restart: 4, restarts: 2 };

/** A watchdog, all that it told, and looks at partitions by how far each is; all of them end at 100. */
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
    committed.map((offset, partition) => ({ partition, committed: offset, end: 100 }));
  const look = (...committed: readonly number[]) => watchdog.look(progressOf(committed));
  const looks = (times: number, ...committed: readonly number[]) =>
    Array.from({ length: times }, () => look(...committed));
  return { watchdog, told, look, looks, progressOf };
}

describe('a consumer that moves', () => {
  test('is never stalled, however slow it is and however far behind', () => {
    const { watchdog, told, look } = setUp();
    for (let committed = 0; committed < 100; committed += 1) {
      expect(look(committed, 50 + committed / 2)).toBe('none');
      expect(look(committed, 50 + committed / 2)).toBe('none');
      expect(watchdog.state).toBe('moving');
    }
    expect(told).toEqual([]);
  });

  test('may have nothing to do, and no partition at all', () => {
    const { watchdog, told, looks } = setUp();
    expect(looks(20, 100, 100)).not.toContain('restart');
    expect(looks(20)).not.toContain('restart');
    expect(watchdog.state).toBe('moving');
    expect(told).toEqual([]);
  });
});

describe('one that commits nothing', () => {
  test('is stalled, gets a new member, another one, and is given up', () => {
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

  test('counts by its worst partition: others that move do not hide it', () => {
    const { told, look } = setUp();
    const remedies = [0, 1, 2, 3, 4].map((round) => look(round, 7, 100));
    expect(remedies).toEqual(['none', 'none', 'none', 'none', 'restart']);
    expect(told).toEqual(['stalled 1']);
  });

  test('recovers when it moves, and then has all its restarts again', () => {
    const { watchdog, told, looks, look } = setUp();
    expect(looks(9, 7).filter((remedy) => remedy === 'restart')).toHaveLength(2);
    expect(look(8)).toBe('none');
    expect(watchdog.state).toBe('moving');
    expect(looks(8, 8).filter((remedy) => remedy === 'restart')).toHaveLength(2);
    expect(watchdog.state).toBe('stalled');
    expect(told).toEqual(['stalled 0', 'recovered', 'stalled 0']);
  });

  test('recovers also when its partition goes to another member', () => {
    const { watchdog, told, looks, look } = setUp();
    looks(6, 7);
    look();
    expect(watchdog.state).toBe('moving');
    expect(told).toEqual(['stalled 0', 'recovered']);
  });

  test('is caught too where its partition comes and goes, as in a loop of rebalances', () => {
    const { looks, look } = setUp();
    const remedies = Array.from({ length: 5 }, () => [look(7), ...looks(3)]).flat();
    expect(remedies).toContain('restart');
  });

  test('stays dead, whatever comes', () => {
    const { watchdog, looks, look } = setUp();
    looks(13, 7);
    expect(look(100)).toBe('none');
    watchdog.outage();
    watchdog.outageOver();
    expect(watchdog.state).toBe('dead');
  });
});

describe('while log or store are down', () => {
  test('it waits, for as long as that takes, and counts anew afterwards', () => {
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

  test('a store that answers and refuses to save, at least now and then, is down', () => {
    const { watchdog, told, looks } = setUp();
    for (let times = 0; times < 20; times += 1) {
      watchdog.outage();
      expect(looks(2, 7)).toEqual(['none', 'none']);
      expect(watchdog.state).toBe('waiting');
    }
    expect(told).toEqual([]);
  });

  test('a consumer that hangs since an outage that is over is caught', () => {
    const { watchdog, looks } = setUp();
    watchdog.outage();
    expect(looks(5, 7).at(-1)).toBe('restart');
    expect(watchdog.state).toBe('stalled');
  });

  test('what was down says by itself that it is back', () => {
    const { watchdog } = setUp();
    watchdog.outage();
    watchdog.outageOver();
    expect(watchdog.state).toBe('moving');
  });
});

test('suspicious is what is behind and where it was', () => {
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
] as const)('of a process whose consumer is %s the progress is %s', async (state, status) => {
  const checkHealth = makeCheckHealth({ log: [], store: [], progress: { state } });
  expect(await checkHealth()).toEqual({ status, checks: { log: 'ok', store: 'ok', progress: status } });
});
