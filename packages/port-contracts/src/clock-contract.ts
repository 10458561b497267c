import assert from 'node:assert/strict';
import type { Clock } from '@user-activity/domain';
import { casesWith, type Subject } from './contract.ts';

/** A clock under test. */
export interface ClockSubject extends Subject {
  readonly clock: Clock;
}

const clockCases = casesWith(async ({ clock }: ClockSubject) => [clock] as const);

/** The promises of every `Clock` of a running service. The clocks of tests, with a fixed time, do not keep them. */
export const clockContract = clockCases({
  C1: {
    async '`now` lies between two readings of the system clock, in whole milliseconds'(clock) {
      for (let reading = 0; reading < 1000; reading += 1) {
        const before = Date.now();
        const now = clock.now();
        const after = Date.now();
        assert.ok(Number.isInteger(now));
        assert.ok(before <= now && now <= after, `${now} is not from ${before} to ${after}`);
      }
    },
  },
});
