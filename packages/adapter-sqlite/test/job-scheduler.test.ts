import { describe, expect, test } from 'vitest';
import { type Outcome, runJob } from '../src/protocol/messages.ts';
import {
  JobScheduler,
  monotonicNow,
  type Steps,
  type TimedJob,
  trialMs,
} from '../src/protocol/job-scheduler.ts';

interface Work extends TimedJob {
  readonly name: string;
  readonly steps: number;
}

/** Makes a scheduler whose jobs write their name to `log` in each step. A step takes half of `trialMs`. */
function makeScheduler() {
  const log: string[] = [];
  const startedAt = monotonicNow();
  const runners = {
    *work({ name, steps }: Work): Steps<string> {
      for (let step = 0; step < steps; step += 1) {
        log.push(name);
        yield;
      }
      return name;
    },
    *fail(): Steps<never> {
      yield;
      throw new TypeError('secret');
    },
  };
  const scheduler = new JobScheduler(
    (job) => runJob(runners, job) as Steps<unknown>,
    () => startedAt + (log.length * trialMs) / 2,
  );
  const finish = (): Outcome[] => {
    const outcomes: Outcome[] = [];
    while (!scheduler.isEmpty) {
      const outcome = scheduler.step();
      if (outcome !== undefined) outcomes.push(outcome);
    }
    return outcomes;
  };
  return { log, scheduler, finish };
}

const inTime = (): number => monotonicNow() + 600_000;

describe('the scheduler', () => {
  test('a short job is done before a long job that began earlier', () => {
    const { log, scheduler, finish } = makeScheduler();
    scheduler.add({ id: 1, name: 'work', input: { name: 'long', steps: 5, deadline: inTime() } });
    scheduler.step();
    scheduler.add({ id: 2, name: 'work', input: { name: 'short', steps: 1, deadline: inTime() } });
    expect(finish()).toEqual([
      { id: 2, result: 'short' },
      { id: 1, result: 'long' },
    ]);
    expect(log).toEqual(['long', 'long', 'short', 'long', 'long', 'long']);
  });

  test('long jobs run one after the other, and a long job that had to wait starts anew', () => {
    const { log, scheduler, finish } = makeScheduler();
    for (const [id, name] of ['first', 'second', 'third'].entries())
      scheduler.add({ id, name: 'work', input: { name, steps: 4, deadline: inTime() } });
    expect(finish().map(({ id }) => id)).toEqual([0, 1, 2]);
    const tried = 'first first second first second third first third';
    expect(log.join(' ')).toBe(`${tried}${' second'.repeat(4)}${' third'.repeat(4)}`);
  });

  test('many new jobs that read rows do not delay a job that reads only an index', () => {
    const { scheduler, finish } = makeScheduler();
    const deadline = inTime();
    for (const [id, readsRows] of [true, true, true, false].entries())
      scheduler.add({ id, name: 'work', input: { name: 'new', steps: 1, deadline, readsRows } });
    expect(finish().map(({ id }) => id)).toEqual([3, 0, 1, 2]);
  });

  test('an endless stream of new jobs delays neither a long job nor jobs of the other queue', () => {
    for (const isStreamOfRows of [true, false]) {
      const { scheduler } = makeScheduler();
      const deadline = inTime();
      const add = (id: number, steps: number, readsRows: boolean): void =>
        scheduler.add({ id, name: 'work', input: { name: 'any', steps, deadline, readsRows } });
      add(0, 20, !isStreamOfRows);
      add(1, 1, !isStreamOfRows);
      const done: (number | undefined)[] = [];
      for (let id = 2; id < 100; id += 1) {
        add(id, 1, isStreamOfRows);
        done.push(scheduler.step()?.id);
      }
      expect(done).toEqual(expect.arrayContaining([0, 1]));
    }
  });

  test('a late job is abandoned at its next step, or never started', () => {
    const { log, scheduler, finish } = makeScheduler();
    scheduler.add({ id: 1, name: 'work', input: { name: 'late', steps: 5, deadline: monotonicNow() - 1 } });
    scheduler.add({ id: 2, name: 'work', input: { name: 'sound', steps: 2, deadline: inTime() } });
    expect(finish()).toMatchObject([
      { id: 1, fault: { isLate: true } },
      { id: 2, result: 'sound' },
    ]);
    expect(log).toEqual(['sound', 'sound']);
  });

  test('a job that fails delays no other job, and its error message is dropped', () => {
    const { scheduler, finish } = makeScheduler();
    scheduler.add({ id: 1, name: 'fail', input: { deadline: inTime() } });
    scheduler.add({ id: 2, name: 'work', input: { name: 'sound', steps: 3, deadline: inTime() } });
    expect(finish()).toEqual([
      { id: 1, fault: { code: undefined, text: 'TypeError' } },
      { id: 2, result: 'sound' },
    ]);
  });

  test('a cleared job takes no further step', () => {
    const { log, scheduler } = makeScheduler();
    scheduler.add({ id: 1, name: 'work', input: { name: 'gone', steps: 5, deadline: inTime() } });
    scheduler.step();
    scheduler.clear();
    expect([scheduler.isEmpty, scheduler.step(), log]).toEqual([true, undefined, ['gone']]);
  });
});
