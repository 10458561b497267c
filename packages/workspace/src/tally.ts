import type { TestModule } from 'vitest/node';
import type { StaticResult } from './static-checks.ts';

/** The counts of a run. Each static check and each test counts as one. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

type State = keyof Tally;

/** Counts the results of checks and tests. An error outside of a test (in a file, a hook, an unhandled rejection) counts as failed. */
export function tally(
  checks: readonly StaticResult[],
  modules: readonly TestModule[],
  unhandledErrors: readonly unknown[],
): Tally {
  const states: State[] = [
    ...checks.map((check) => (check.passed ? 'passed' : 'failed')),
    ...modules.flatMap(statesOf),
    ...unhandledErrors.map(() => 'failed' as const),
  ];
  const countOf = (wanted: State): number => states.filter((state) => state === wanted).length;
  return { passed: countOf('passed'), failed: countOf('failed'), skipped: countOf('skipped') };
}

function statesOf(module: TestModule): State[] {
  const tests = [...module.children.allTests()].map((test) => test.result().state);
  const errors = [module, ...module.children.allSuites()].flatMap((suite) => suite.errors());
  return [
    // A test that never finished has failed.
    ...tests.map((state) => (state === 'pending' ? 'failed' : state)),
    ...errors.map(() => 'failed' as const),
  ];
}
