import { expect, test } from 'vitest';
import { recoveryAfterLastFault } from '../src/recovery-after-last-fault.ts';

const at = (...moments: readonly number[]) => moments.map((endedAt) => ({ endedAt }));
const [fault = { endedAt: 0 }] = at(1000);

test.each([
  ['no other fault strikes', at(1000), 7000, 7000],
  ['another fault ended before this fault', at(200, 1000), 7000, 7000],
  ['other faults end before the recovery', at(1000, 5000, 7500), 7000, 500],
  ['another fault ends after the recovery', at(1000, 5000, 60_000), 7000, 3000],
])('counts from the end of the last fault before the recovery: %s', (_, struck, recovery, calm) => {
  expect(recoveryAfterLastFault(fault, struck, { recovery: () => recovery })).toBe(calm);
});

test('recoveryAfterLastFault returns undefined if the service did not recover', () => {
  expect(recoveryAfterLastFault(fault, at(1000), { recovery: () => undefined })).toBeUndefined();
});
