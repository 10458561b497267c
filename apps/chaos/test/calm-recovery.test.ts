import { expect, test } from 'vitest';
import { calmRecovery } from '../src/calm-recovery.ts';

const at = (...moments: readonly number[]) => moments.map((endedAt) => ({ endedAt }));
const [fault = { endedAt: 0 }] = at(1000);

test.each([
  ['nothing else strikes', at(1000), 7000, 7000],
  ['others ended before', at(200, 1000), 7000, 7000],
  ['others strike meanwhile', at(1000, 5000, 7500), 7000, 500],
  ['others end after it', at(1000, 5000, 60_000), 7000, 3000],
])('a recovery counts from the end of the last fault: %s', (_, struck, recovery, calm) => {
  expect(calmRecovery(fault, struck, { recovery: () => recovery })).toBe(calm);
});

test('without a recovery there is no calm recovery', () => {
  expect(calmRecovery(fault, at(1000), { recovery: () => undefined })).toBeUndefined();
});
