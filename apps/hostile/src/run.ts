import type { Attack } from './attack.ts';
import { attempt } from './attempt.ts';
import { type Attempt, type Bounds, judge, needsAnotherAttempt, type Violation } from './judge.ts';
import { ServiceHost, type HostOptions } from './service/service-host.ts';

/** An attack and its result. */
export interface Outcome {
  readonly attack: Attack;
  readonly attempts: readonly Attempt[];
  readonly violations: readonly Violation[];
  /** The total time of all attempts in seconds, including the time to start services. */
  readonly seconds: number;
}

/** Options of `run`. */
export interface RunOptions extends HostOptions {
  readonly attacks: readonly Attack[];
  readonly bounds: Bounds;
  /** The value of `performance.now()` after which no attempt begins. An attack that was never attempted fails. Default: no limit. */
  readonly endsAt?: number;
  /** Called with the outcome of each attack. */
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** Runs the attacks one after the other. Repeats an attack up to twice if `needsAnotherAttempt` says so. */
export async function run({
  attacks,
  bounds,
  endsAt,
  onOutcome,
  ...options
}: RunOptions): Promise<Outcome[]> {
  const host = new ServiceHost(options);
  const outcomes: Outcome[] = [];
  try {
    for (const attack of attacks) {
      const attempts: Attempt[] = [];
      const startedAt = performance.now();
      const isTimeUp = (): boolean => endsAt !== undefined && performance.now() > endsAt;
      while (!isTimeUp() && (attempts.length === 0 || needsAnotherAttempt(attempts, bounds)))
        attempts.push(await attempt(attack, await host.serviceFor(attack)));
      const violations: readonly Violation[] =
        attempts.length > 0
          ? judge(attempts, bounds)
          : [
              {
                kind: 'check',
                detail:
                  'the attack was not attempted, because the run reached its time limit; raise --seconds',
              },
            ];
      const outcome = { attack, attempts, violations, seconds: (performance.now() - startedAt) / 1000 };
      outcomes.push(outcome);
      onOutcome?.(outcome);
    }
  } finally {
    await host.stop();
  }
  return outcomes;
}
