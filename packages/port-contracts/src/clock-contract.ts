import assert from 'node:assert/strict';
import type { Clock } from '@user-activity/domain';
import type { Contract, Subject } from './contract.ts';

/** One clock. */
export interface ClockSubject extends Subject {
  readonly clock: Clock;
}

/** The promises of every `Clock` of a running service. A clock for tests keeps its given time instead. */
export const clockContract: Contract<ClockSubject> = [
  {
    promise: 'C1',
    title: 'the time lies between two readings of the machine, in whole milliseconds',
    async run({ clock }) {
      for (let reading = 0; reading < 1000; reading += 1) {
        const before = Date.now();
        const now = clock.now();
        const after = Date.now();
        assert.ok(Number.isInteger(now));
        assert.ok(before <= now && now <= after, `${before} <= ${now} <= ${after}`);
      }
    },
  },
];
