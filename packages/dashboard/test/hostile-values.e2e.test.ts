import type { NewActivity } from '@user-activity/client';
import { browserFor } from '@user-activity/test-kit/browser';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { openDashboard, startService } from './open-dashboard.ts';

const browser = browserFor();
const markup = `<img src=x onerror="globalThis.hacked=1"><script>hacked=1</script>`;
const values: readonly NewActivity[] = [
  { userId: markup, type: markup, metadata: { [markup]: markup, nested: { [markup]: [markup] } } },
  { userId: 'فاطمة الزهراء', type: 'تسجيل الدخول', metadata: { مدينة: 'القاهرة' } },
  { userId: '\u202eevil\u202c', type: 'משה', metadata: { note: '\u202egnp.exe' } },
  {
    userId: 'x'.repeat(256),
    type: 'Y'.repeat(256),
    metadata: { ['k'.repeat(300)]: 'v'.repeat(3000), lines: 'a\n'.repeat(50) },
  },
  {
    userId: 'wide',
    type: 'WIDE',
    metadata: Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`key${n}`, n])),
  },
  {
    userId: 'javascript:hacked=1',
    type: '{{hacked}}',
    metadata: { __html: markup, dangerouslySetInnerHTML: { __html: markup } },
  },
  {
    userId: 'constructor',
    type: '__proto__',
    metadata: { constructor: 'a', toString: 'b', hasOwnProperty: { constructor: 'c' } },
  },
];

/** Returns what the page shows for a value: names in the place of invisible characters. */
const shown = (value: string): string => value.replaceAll('\u202e', 'U+202E').replaceAll('\u202c', 'U+202C');

// All times differ, so that the order is known.
const activities = values.map((value, index) => ({
  ...value,
  createdAt: new Date(Date.now() - (values.length - index) * 1000).toISOString(),
}));

/** Expects that the page is not wider than its window, and that no markup of a value became an element or ran. */
async function expectCalm(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    hacked: 'hacked' in globalThis,
    elements: document.querySelectorAll('img, body script').length,
    width: document.documentElement.scrollWidth - innerWidth,
  }));
  expect(found).toEqual({ hacked: false, elements: 0, width: 0 });
}

test.each([
  [1440, 'light'],
  [1440, 'dark'],
  [400, 'light'],
  [400, 'dark'],
] as const)(
  'at %i px, %s, hostile and long values are text that breaks nothing, and axe finds nothing',
  async (width, colorScheme) => {
    const { url } = await startService({ activities });
    const { page, faults } = await openDashboard(browser(), url, {
      viewport: { width, height: 800 },
      colorScheme,
    });
    const rows = page.locator('.activity-row');
    await rows.nth(activities.length - 1).waitFor();
    await page.locator('.legend').waitFor();
    await expectCalm(page);
    expect(await accessibilityFaults(page)).toEqual([]);
    for (const [index, { userId }] of activities.toReversed().entries()) {
      await rows.nth(index).click();
      // In a narrow window, the drawer is a dialog.
      const drawer = page.getByRole(width > 900 ? 'complementary' : 'dialog', { name: 'Activity' });
      await drawer
        .locator('.facts bdi')
        .filter({ hasText: shown(userId) })
        .first()
        .waitFor();
      await expectCalm(page);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole('button', { name: 'Close the activity' }).click();
    }
    for (const { userId, type } of activities) {
      const parameters = new URLSearchParams({ userId, type, [`metadata.${markup}`]: markup });
      await page.goto(`${url}/#/explore?${String(parameters)}`);
      await page
        .locator('.token', { hasText: shown(userId).slice(0, 20) })
        .first()
        .waitFor();
      await page.getByRole('combobox', { name: 'Filter by type' }).focus();
      // While rows are dimmed, axe would report their low contrast.
      await page.locator('.found.stale').waitFor({ state: 'detached' });
      await expectCalm(page);
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    expect(faults).toEqual([]);
  },
);

test.each(['light', 'dark'] as const)(
  'axe finds nothing in the dialogs and menus, %s',
  async (colorScheme) => {
    const { url } = await startService({ activities: [{ userId: 'ann', type: 'LOGIN' }] });
    const { page, faults } = await openDashboard(browser(), url, { colorScheme });
    await page.locator('.activity-row').waitFor();
    for (const name of ['Keyboard shortcuts', 'Enter an API key', 'Export', /^Time range/]) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.goto(`${url}/#/explore?userId=nobody`);
    await page.getByText('No activity matches').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: colorScheme === 'dark' ? 'Light theme' : 'Dark theme' }).click();
    await page.reload();
    await page.getByRole('button', { name: colorScheme === 'dark' ? 'Dark theme' : 'Light theme' }).waitFor();
    expect(faults).toEqual([]);
  },
);
