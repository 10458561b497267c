import { expect, test } from 'vitest';
import { runOutage } from './outage-run.ts';

test('an outage of the service loses nothing, although the program is killed three times', async () => {
  const result = await runOutage({ rate: 1000, seconds: 5, kills: 2 });
  expect(result).toMatchObject({ lost: [], doubled: 0, leftBytes: 0 });
  expect(result.logged).toBeGreaterThan(6000);
  expect(result.spoolBytes).toBeGreaterThan(5000 * 100);
});
