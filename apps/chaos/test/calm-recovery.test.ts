import { expect, test } from 'vitest';
import { calmRecovery } from '../src/calm-recovery.ts';

const at = (...moments: readonly number[]) => moments.map((endedAt) => ({ endedAt }));
const [fault = { endedAt: 0 }] = at(1000);

test.each([
  ['no other fault strikes', at(1000), 7000, 7000],
  ['another fault ended before', at(200, 1000), 7000, 7000],
  ['other faults end before the recovery', at(1000, 5000, 7500), 7000, 500],
  ['another fault ends after the recovery', at(1000, 5000, 60_000), 7000, 3000],
])('a recovery counts from the end of the last fault before it: %s', (_, struck, recovery, calm) => {
  expect(calmRecovery(fault, struck, { recovery: () => recovery })).toBe(calm);
});

test('calmRecovery returns undefined if the service did not recover', () => {
  expect(calmRecovery(fault, at(1000), { recovery: () => undefined })).toBeUndefined();
});
