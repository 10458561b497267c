import type { ActivityClient, NewActivity } from '@user-activity/client';
import { faultyProxy } from '@user-activity/test-kit';
import { browserFor } from '@user-activity/test-kit/browser';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { openDashboard, startService } from './open-dashboard.ts';

const browser = browserFor();

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).textContent()) ?? '';
const usersShown = (page: Page): Promise<readonly string[]> => page.locator('.line-user').allTextContents();
const connected = (page: Page): Promise<void> => page.getByText(/^Connected/).waitFor();

/** Logs activities, and waits until they are stored. */
async function log(client: ActivityClient, activities: readonly NewActivity[]): Promise<void> {
  for (const activity of activities.slice(0, -1)) client.log(activity);
  await client.flush();
  const last = activities.at(-1);
  if (last !== undefined) await client.logDurably(last, { wait: 30 });
}

test('shows activities as they are stored, filters them, and holds new ones back while paused', async () => {
  const { url, client } = await startService();
  const { page, faults } = await openDashboard(browser(), `${url}/#/live`);
  await connected(page);
  await log(client, [
    { userId: 'ann', type: 'LOGIN', metadata: { html: '<img src=x onerror=alert(1)>' } },
    { userId: 'סבתא \u202e evil', type: 'VIEW' },
  ]);
  await expect.poll(() => usersShown(page)).toEqual(['סבתא U+202E evil', 'ann']);
  expect(await page.locator('.live-list').textContent()).toContain('<img src=x onerror=alert(1)>');

  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  await log(client, [
    { userId: 'bob', type: 'VIEW' },
    { userId: 'cleo', type: 'LOGIN' },
  ]);
  await page.getByRole('button', { name: '2 new activities' }).waitFor();
  expect(await usersShown(page)).toHaveLength(2);
  await page.keyboard.press('p');
  await expect.poll(() => usersShown(page)).toEqual(['cleo', 'bob', 'סבתא U+202E evil', 'ann']);

  await page.getByRole('combobox', { name: 'Filter by type' }).fill('login');
  await page.keyboard.press('Enter');
  await page.getByText('Waiting for the next activity').waitFor();
  await expect.poll(() => new URL(page.url()).hash).toBe('#/live?type=login');
  await connected(page);
  await log(client, [
    { userId: 'dan', type: 'VIEW' },
    { userId: 'eve', type: 'LOGIN' },
  ]);
  await expect.poll(() => usersShown(page)).toEqual(['eve']);
  await page.getByRole('link', { name: 'eve' }).click();
  await expect.poll(() => new URL(page.url()).hash).toBe('#/user?userId=eve');
  expect(faults).toEqual([]);
});

test('after an outage, shows all activities that arrived during it, and says how many', async () => {
  const { url, client } = await startService();
  const proxy = await faultyProxy(Number(new URL(url).port));
  onTestFinished(() => proxy.close());
  const { page } = await openDashboard(browser(), `http://127.0.0.1:${proxy.port}/#/live`);
  await connected(page);
  await log(client, [{ userId: 'before', type: 'VIEW' }]);
  await expect.poll(() => usersShown(page)).toEqual(['before']);
  const endOutage = proxy.cut();
  await page.getByText('Not connected: The server does not answer').waitFor();
  await log(client, [
    { userId: 'during', type: 'VIEW' },
    { userId: 'also during', type: 'VIEW' },
  ]);
  endOutage();
  await page.getByText(/^Reconnected after \d+ s\. No activity was missed\.$/).waitFor();
  await page.getByText('2 arrived during the outage.').waitFor();
  await log(client, [{ userId: 'after', type: 'VIEW' }]);
  await expect.poll(() => usersShown(page)).toEqual(['after', 'also during', 'during', 'before']);

  const endLongOutage = proxy.cut();
  await page.getByText('Not connected: The server does not answer').waitFor();
  await log(
    client,
    Array.from({ length: 1100 }, () => ({ userId: 'many', type: 'VIEW' })),
  );
  endLongOutage();
  // The list cannot show all of them, and says so.
  await page.getByText('1,100 arrived during the outage. The list shows the latest 1,000.').waitFor();
});

test('says nothing about missed activities if the first connection was late', async () => {
  const { url, client } = await startService();
  const { page } = await openDashboard(browser(), `${url}/#/user`);
  let isDown = true;
  await page.route('**/api/logs/stream*', (route) => (isDown ? route.abort() : route.continue()));
  await page.getByRole('link', { name: 'Live' }).click();
  await page.getByText('Not connected yet: The server does not answer').waitFor();
  await log(client, [{ userId: 'before', type: 'VIEW' }]);
  isDown = false;
  await page.getByText('Connected', { exact: true }).waitFor();
  expect(await page.getByText('during the outage').count()).toBe(0);
  await log(client, [{ userId: 'after', type: 'VIEW' }]);
  await expect.poll(() => usersShown(page)).toEqual(['after']);
});

test('accepts at most as many filter values as the service, and says so', async () => {
  const { url } = await startService();
  const types = Array.from({ length: 20 }, (_, number) => ['type', `T${number}`]);
  const { page, faults } = await openDashboard(
    browser(),
    `${url}/#/live?${String(new URLSearchParams(types))}`,
  );
  await connected(page);
  await page.getByRole('combobox', { name: 'Filter by type' }).fill('one more');
  await page.keyboard.press('Enter');
  await page.getByText('At most 20 types.').waitFor();
  expect(await page.locator('.live-tokens li').count()).toBe(20);
  expect(faults).toEqual([]);
});

test('after a change of the filter, the list starts at its top, and new activities do not wait', async () => {
  const { url, client } = await startService();
  const { page, faults } = await openDashboard(browser(), `${url}/#/live`);
  await connected(page);
  await log(
    client,
    Array.from({ length: 60 }, () => ({ userId: 'ann', type: 'VIEW' })),
  );
  await expect.poll(() => textOf(page, '.live-state')).toContain('60 since');
  await page.locator('.live-list').evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await log(client, [{ userId: 'bob', type: 'VIEW' }]);
  await page.getByRole('button', { name: '1 new activity' }).waitFor();
  await page.getByRole('combobox', { name: 'Filter by user' }).fill('cleo');
  await page.keyboard.press('Enter');
  await page.getByText('Waiting for the next activity').waitFor();
  await connected(page);
  await log(client, [{ userId: 'cleo', type: 'VIEW' }]);
  await expect.poll(() => usersShown(page)).toEqual(['cleo']);
  expect(faults).toEqual([]);
});

test('shows at most 1,000 activities, and only visible ones are in the DOM', async () => {
  const { url, client } = await startService();
  const { page, faults } = await openDashboard(browser(), `${url}/#/live`);
  await connected(page);
  await log(
    client,
    Array.from({ length: 4000 }, (_, number) => ({ userId: `user-${number}`, type: 'VIEW' })),
  );
  await expect.poll(() => textOf(page, '.live-state')).toContain('4,000 since');
  await expect.poll(() => page.locator('.line-user').first().textContent()).toBe('user-3999');
  expect(await page.locator('.live-row').count()).toBeLessThan(80);
  const list = page.locator('.live-list');
  await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await expect.poll(() => page.locator('.line-user').last().textContent()).toBe('user-3000');
  // While somebody has scrolled down, the list does not move.
  await log(client, [{ userId: 'more', type: 'VIEW' }]);
  await page.getByRole('button', { name: '1 new activity' }).waitFor();
  expect(await page.locator('.line-user').last().textContent()).toBe('user-3000');
  await log(
    client,
    Array.from({ length: 1100 }, (_, number) => ({
      userId: number === 1099 ? 'next' : 'more',
      type: 'VIEW',
    })),
  );
  await page.getByRole('button', { name: 'The latest 1,000 of 1,101 new activities' }).click();
  await expect.poll(() => page.locator('.line-user').first().textContent()).toBe('next');
  expect(faults).toEqual([]);
});

test('says why a key is refused, and connects with another one', async () => {
  const { url, client } = await startService({ environment: { API_KEYS: 'root-key' }, apiKey: 'root-key' });
  const writer = await client.keys.create({ name: 'writer', scopes: ['write'] });
  const { page } = await openDashboard(browser(), `${url}/#/live`);
  await page.getByRole('heading', { name: 'This server asks for a key' }).first().waitFor();
  await page.getByLabel('API key', { exact: true }).fill(writer.secret);
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.getByRole('heading', { name: 'This key is not allowed to read this' }).waitFor();
  await page.getByRole('button', { name: 'Use another key' }).click();
  await page.getByLabel('API key', { exact: true }).fill('root-key');
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.getByText('Connected', { exact: true }).waitFor();
  await log(client, [{ userId: 'ann', type: 'LOGIN' }]);
  await expect.poll(() => usersShown(page)).toEqual(['ann']);
});

test.each([
  ['light', 1440],
  ['dark', 400],
] as const)('axe finds no fault in Live, %s, %i px', async (colorScheme, width) => {
  const { url, client } = await startService();
  const { page, faults } = await openDashboard(browser(), `${url}/#/live?userId=ann`, {
    colorScheme,
    viewport: { width, height: 800 },
  });
  await connected(page);
  expect(await accessibilityFaults(page)).toEqual([]);
  await log(
    client,
    Array.from({ length: 50 }, () => ({
      userId: 'ann',
      type: 'LOGIN',
      metadata: { text: 'x'.repeat(5000) },
    })),
  );
  await page.locator('.live-row').nth(5).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(faults).toEqual([]);
});
