import { browserFor } from '@user-activity/test-kit/browser';
import { expect, test } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { openDashboard, startService } from './open-dashboard.ts';

const browser = browserFor();

test('the page at / lists what was logged, newest first', async () => {
  const { url } = await startService({
    activities: [
      { userId: 'ann', type: 'LOGIN', metadata: { ip: '10.0.0.1' } },
      { userId: 'bob', type: 'VIEW' },
    ],
  });
  const { page, faults } = await openDashboard(browser(), url);
  const rows = page.locator('.activity-row');
  await rows.nth(1).waitFor();
  expect(await rows.count()).toBe(2);
  expect(await rows.nth(0).textContent()).toContain('bob');
  expect(await rows.nth(1).textContent()).toContain('ip=10.0.0.1');
  expect(faults).toEqual([]);
});

test.each(['light', 'dark'] as const)('axe finds nothing in Explore, %s', async (colorScheme) => {
  const { url } = await startService({
    activities: [{ userId: 'ann', type: 'LOGIN', metadata: { ip: '10.0.0.1' } }],
  });
  const { page, faults } = await openDashboard(browser(), url, { colorScheme });
  await page.locator('.activity-row').first().waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.locator('.activity-row').first().click();
  await page.locator('.metadata-tree').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
});
