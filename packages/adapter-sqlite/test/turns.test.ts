import { describe, expect, test } from 'vitest';
import type { Outcome } from '../src/protocol/messages.ts';
import { sharedNow, type Steps, type Timed, Turns } from '../src/protocol/turns.ts';

interface Work extends Timed {
  readonly name: string;
  readonly steps: number;
}

/** Turns of work that notes each of its steps. */
function noting() {
  const noted: string[] = [];
  const turns = new Turns({
    *work({ name, steps }: Work): Steps<string> {
      for (let step = 0; step < steps; step += 1) {
        noted.push(name);
        yield;
      }
      return name;
    },
    *fail(): Steps<never> {
      yield;
      throw new TypeError('secret');
    },
  });
  const finish = (): Outcome[] => {
    const outcomes: Outcome[] = [];
    while (!turns.empty) {
      const outcome = turns.step();
      if (outcome !== undefined) outcomes.push(outcome);
    }
    return outcomes;
  };
  return { noted, turns, finish };
}

const inTime = (): number => sharedNow() + 600_000;

describe('turns', () => {
  test('a short job is through before a long one that began earlier', () => {
    const { noted, turns, finish } = noting();
    turns.add({ id: 1, name: 'work', input: { name: 'long', steps: 5, until: inTime() } });
    turns.step();
    turns.add({ id: 2, name: 'work', input: { name: 'short', steps: 1, until: inTime() } });
    expect(finish()).toEqual([
      { id: 2, result: 'short' },
      { id: 1, result: 'long' },
    ]);
    expect(noted).toEqual(['long', 'long', 'short', 'long', 'long', 'long']);
  });

  test('what is late is given up at its next step, or never begun', () => {
    const { noted, turns, finish } = noting();
    turns.add({ id: 1, name: 'work', input: { name: 'late', steps: 5, until: sharedNow() - 1 } });
    turns.add({ id: 2, name: 'work', input: { name: 'sound', steps: 2, until: inTime() } });
    expect(finish()).toMatchObject([
      { id: 1, fault: { late: true } },
      { id: 2, result: 'sound' },
    ]);
    expect(noted).toEqual(['sound', 'sound']);
  });

  test('a job that fails ends alone, and tells nothing of its content', () => {
    const { turns, finish } = noting();
    turns.add({ id: 1, name: 'fail', input: { until: inTime() } });
    turns.add({ id: 2, name: 'work', input: { name: 'sound', steps: 3, until: inTime() } });
    expect(finish()).toEqual([
      { id: 1, fault: { code: undefined, text: 'TypeError' } },
      { id: 2, result: 'sound' },
    ]);
  });

  test('what is forgotten takes no step more', () => {
    const { noted, turns } = noting();
    turns.add({ id: 1, name: 'work', input: { name: 'gone', steps: 5, until: inTime() } });
    turns.step();
    turns.clear();
    expect([turns.empty, turns.step(), noted]).toEqual([true, undefined, ['gone']]);
  });
});
