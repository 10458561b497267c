import type { NewActivity } from '@user-activity/client';
import { browserFor } from '@user-activity/test-kit/browser';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { openDashboard, startService } from './open-dashboard.ts';

const browser = browserFor();
const markup = `<img src=x onerror="globalThis.hacked=1">`;
const longType = 'Y'.repeat(256);
const activities: readonly NewActivity[] = [
  { userId: 'x'.repeat(256), type: longType, metadata: { ['k'.repeat(300)]: 'v'.repeat(3000) } },
  { userId: 'x'.repeat(256), type: markup, metadata: { [markup]: markup } },
  { userId: markup, type: 'constructor', metadata: { constructor: markup } },
  { userId: 'سبتة', type: '\u202egnp.exe', metadata: {} },
  { userId: '__proto__', type: '__proto__', metadata: {} },
];
const users = [...new Set(activities.map(({ userId }) => userId))];

/** Expects that no part of the view overflows, and that no markup of a value became an element or ran. */
async function expectCalm(page: Page, parts: string): Promise<void> {
  const found = await page.evaluate((selector) => {
    const main = document.querySelector('main');
    const edge = main?.getBoundingClientRect().right ?? 0;
    return {
      hacked: 'hacked' in globalThis,
      elements: document.querySelectorAll('img, body script').length,
      wide: [document.documentElement, ...document.querySelectorAll(selector)]
        .filter(
          (part) =>
            part.scrollWidth > part.clientWidth || part.getBoundingClientRect().right > Math.ceil(edge),
        )
        .map(({ className }) => className),
    };
  }, parts);
  expect(found).toEqual({ hacked: false, elements: 0, wide: [] });
  expect(await accessibilityFaults(page)).toEqual([]);
}

test.each([
  [1440, 'dark'],
  [400, 'light'],
] as const)(
  'at %i px, %s, hostile and long values do not break User and Live',
  async (width, colorScheme) => {
    const { url, client } = await startService({ activities });
    const { page, faults } = await openDashboard(browser(), `${url}/#/user`, {
      viewport: { width, height: 800 },
      colorScheme,
    });
    await page
      .locator('.active-users li')
      .nth(users.length - 1)
      .waitFor();
    await expectCalm(page, '.user-view, .active-users');
    for (const userId of users) {
      await page.goto(`${url}/#/user?${String(new URLSearchParams({ userId }))}`);
      await page.getByRole('heading', { name: userId, exact: true }).waitFor();
      await page.locator('.type-counts li').first().waitFor();
      await page.locator('.activity-line').first().waitFor();
      await expectCalm(page, '.user-view, .user-overview, .type-counts, .type-counts ul');
    }
    await page.goto(`${url}/#/user?${String(new URLSearchParams({ userId: 'سبتة' }))}`);
    await page.locator('.type-counts', { hasText: 'U+202Egnp.exe' }).waitFor();
    await page.locator('.activity-line', { hasText: 'U+202Egnp.exe' }).waitFor();
    const parameters = new URLSearchParams(users.map((userId) => ['userId', userId]));
    parameters.append('type', longType);
    parameters.append('type', markup);
    await page.goto(`${url}/#/live?${String(parameters)}`);
    await page.getByText(/^Connected/).waitFor();
    for (const activity of activities) await client.logDurably(activity, { wait: 30 });
    await page.locator('.live-row').nth(1).waitFor();
    await expectCalm(page, '.live-bar, .live-tokens, .live-list, .live-row');
    expect(faults).toEqual([]);
  },
);
