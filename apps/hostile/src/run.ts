import type { Attack } from './attack.ts';
import { attempt } from './attempt.ts';
import { type Attempt, type Bounds, judge, needsAnotherTry, type Violation } from './judge.ts';
import { Host, type HostOptions } from './service/host.ts';

/** An attack, and what came of it. */
export interface Outcome {
  readonly attack: Attack;
  readonly attempts: readonly Attempt[];
  readonly violations: readonly Violation[];
  /** How long its tries took together, with the start of a service if one was needed. */
  readonly seconds: number;
}

/** What is to be run. */
export interface RunOptions extends HostOptions {
  readonly attacks: readonly Attack[];
  readonly bounds: Bounds;
  /** What has not begun by then counts as failed; in ms as `performance.now()` tells them. Default: no end. */
  readonly endsAt?: number;
  /** Hears each outcome as it comes. */
  readonly tell?: (outcome: Outcome) => void;
}

/** Attacks services one after the other, with up to three tries where a gap was long. */
export async function run({ attacks, bounds, endsAt, tell, ...options }: RunOptions): Promise<Outcome[]> {
  const host = new Host(options);
  const outcomes: Outcome[] = [];
  try {
    for (const attack of attacks) {
      const attempts: Attempt[] = [];
      const began = performance.now();
      const isOver = (): boolean => endsAt !== undefined && performance.now() > endsAt;
      while (!isOver() && (attempts.length === 0 || needsAnotherTry(attempts, bounds)))
        attempts.push(await attempt(attack, await host.serviceFor(attack)));
      const violations: readonly Violation[] =
        attempts.length > 0
          ? judge(attempts, bounds)
          : [{ kind: 'check', detail: 'was not tried: there was no time left' }];
      const outcome = { attack, attempts, violations, seconds: (performance.now() - began) / 1000 };
      outcomes.push(outcome);
      tell?.(outcome);
    }
  } finally {
    await host.stop();
  }
  return outcomes;
}
