import { browserFor, stepTimeoutMs } from '@user-activity/test-kit/browser';
import type { NewActivity } from '@user-activity/client';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openDashboard, startService } from './open-dashboard.ts';

const browser = browserFor();

/** Waits until the table shows these users, from top to bottom. */
const expectUsers = (page: Page, users: readonly string[]): Promise<void> =>
  expect
    .poll(async () => page.locator('.cell-user').allTextContents(), { timeout: stepTimeoutMs })
    .toEqual(users);

/** The parameters of the view in the URL of the page. */
const parametersOf = (page: Page): URLSearchParams =>
  new URLSearchParams(new URL(page.url()).hash.split('?')[1]);

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

const activities: readonly NewActivity[] = [
  { userId: 'dan', type: 'LOGIN', metadata: { device: { os: 'ios' } }, createdAt: minutesAgo(40) },
  { userId: 'cat', type: 'VIEW', metadata: { device: { os: 'android' } }, createdAt: minutesAgo(30) },
  { userId: 'bob', type: 'VIEW', metadata: { device: { os: 'ios' } }, createdAt: minutesAgo(20) },
  { userId: 'ann', type: 'LOGIN', metadata: { ip: '10.0.0.1' }, createdAt: minutesAgo(10) },
];

test('filters narrow the table and the chart, and Back, Forward and a reload restore them from the URL', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), url);
  await expectUsers(page, ['ann', 'bob', 'cat', 'dan']);
  await page.getByText('4 activities').waitFor();

  const types = page.getByRole('combobox', { name: 'Filter by type' });
  await types.focus();
  await expect
    .poll(() => page.getByRole('option').allTextContents(), { timeout: stepTimeoutMs })
    .toEqual(['LOGIN2', 'VIEW2']);
  await types.press('ArrowDown');
  await types.press('ArrowDown');
  await types.press('Enter');
  await expectUsers(page, ['bob', 'cat']);
  await page.getByText('2 activities').waitFor();

  const metadata = page.getByRole('combobox', { name: 'Filter by metadata' });
  await metadata.fill('device.os');
  await metadata.press('Enter');
  await page.getByText('Write a path and a value').waitFor();
  await metadata.fill('device.os=ios');
  await metadata.press('Enter');
  await expectUsers(page, ['bob']);
  expect([...parametersOf(page)]).toEqual([
    ['type', 'VIEW'],
    ['metadata.device.os', 'ios'],
  ]);

  await page.goBack();
  await expectUsers(page, ['bob', 'cat']);
  await page.goForward();
  await expectUsers(page, ['bob']);
  await page.reload();
  await expectUsers(page, ['bob']);
  await page.getByRole('button', { name: 'Remove the filter type VIEW' }).click();
  await expectUsers(page, ['bob', 'dan']);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  const users = page.getByRole('combobox', { name: 'Filter by user' });
  for (const user of ['ann', 'cat']) {
    await users.fill(user);
    await users.press('Enter');
  }
  await expectUsers(page, ['ann', 'cat']);
  await page.getByRole('button', { name: 'Time', exact: true }).click();
  await expectUsers(page, ['cat', 'ann']);
  expect(faults).toEqual([]);
});

test('a time range can be chosen, typed, or dragged in the chart', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), `${url}/#/explore?from=-1h`);
  await expectUsers(page, ['ann', 'bob', 'cat', 'dan']);

  const chart = await page.locator('.u-over').boundingBox();
  if (chart === null) throw new Error('There is no chart.');
  // The last 35 of 60 minutes.
  const [left, right] = [chart.x + (chart.width * 25) / 60, chart.x + chart.width - 2];
  await page.mouse.move(left, chart.y + 20);
  await page.mouse.down();
  await page.mouse.move(right, chart.y + 20, { steps: 5 });
  await page.mouse.up();
  await expectUsers(page, ['ann', 'bob', 'cat']);
  const { from = '', to = '' } = Object.fromEntries(parametersOf(page));
  expect(Date.parse(from)).toBeGreaterThan(Date.now() - 38 * 60_000);
  expect(from + to).toMatch(/:00\.000Z.*:00\.000Z$/);
  await page.goBack();
  await expectUsers(page, ['ann', 'bob', 'cat', 'dan']);

  await page.getByRole('button', { name: /^Time range/ }).click();
  await page.getByRole('button', { name: 'Last 15 minutes' }).click();
  await expectUsers(page, ['ann']);
  expect(parametersOf(page).get('from')).toBe('-15m');

  await page.getByRole('button', { name: /^Time range/ }).click();
  await page.getByLabel('From').fill('2001-01-01T00:00');
  await page.getByLabel('To (not included)').fill('2001-02-01T00:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('No activity matches').waitFor();
  await page.getByRole('button', { name: 'Show the newest activities' }).click();
  await expectUsers(page, ['ann']);
  expect(faults).toEqual([]);
});

test('the keyboard can filter, move, open, close and show help', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), url);
  await expectUsers(page, ['ann', 'bob', 'cat', 'dan']);
  const { keyboard } = page;
  for (const key of ['j', 'ArrowDown', 'j', 'k']) await keyboard.press(key);
  await keyboard.press('Enter');
  const drawer = page.getByRole('complementary', { name: 'Activity' });
  await drawer.getByText('bob', { exact: true }).waitFor();
  await keyboard.press('j');
  await drawer.getByText('cat', { exact: true }).waitFor();
  await page.getByRole('grid').focus();
  await keyboard.press('End');
  await drawer.getByText('dan', { exact: true }).waitFor();
  await keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  // Moving from one activity to the next adds no history entry, so Back opens the last one again.
  await page.goBack();
  await drawer.getByText('dan', { exact: true }).waitFor();
  await page.goBack();
  await drawer.waitFor({ state: 'detached' });

  await keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await help.waitFor();
  // Shortcuts do nothing while a dialog is open.
  await keyboard.press('/');
  expect(await page.locator('#filter-user').evaluate((element) => element === document.activeElement)).toBe(
    false,
  );
  await keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });

  await keyboard.press('/');
  await keyboard.type('bob?');
  expect(await help.count()).toBe(0);
  await keyboard.press('Backspace');
  await keyboard.press('Enter');
  await expectUsers(page, ['bob']);
  expect(faults).toEqual([]);
});

test('the details show all data of an activity, with buttons to copy it and to filter by it', async () => {
  const metadata = {
    device: { os: 'ios' },
    tags: ['a', 'b'],
    amount: 12.5,
    gift: true,
    none: null,
    empty: {},
  };
  const { url, client } = await startService({
    activities: [...activities, { id: "an/id'1", userId: 'eve', type: 'BUY', metadata }],
  });
  const { page, faults } = await openDashboard(
    browser(),
    `${url}/#/explore?id=${encodeURIComponent("an/id'1")}`,
    {
      permissions: ['clipboard-read', 'clipboard-write'],
    },
  );
  const drawer = page.getByRole('complementary', { name: 'Activity' });
  await drawer.getByText('12.5').waitFor();
  expect(await drawer.locator('.metadata-tree li').allTextContents()).toEqual([
    'device',
    'osios',
    'tags[2]',
    '0a',
    '1b',
    'amount12.5',
    'gifttrue',
    'nonenull',
    'empty{}',
  ]);
  const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  await drawer.getByRole('button', { name: 'Copy as JSON' }).click();
  await drawer.getByText('Copied').waitFor();
  expect(JSON.parse(await clipboard())).toEqual(await client.get("an/id'1"));
  await drawer.getByRole('button', { name: 'Copy as curl' }).click();
  await expect.poll(clipboard).toBe(`curl -sS '${url}/api/logs/an%2Fid'\\''1'`);

  await drawer.locator('li', { hasText: 'ios' }).hover();
  await drawer.getByRole('button', { name: 'Filter by device.os = ios' }).click();
  await expectUsers(page, ['eve', 'bob', 'dan']);
  await drawer.getByRole('button', { name: 'Filter by this user' }).click();
  await expectUsers(page, ['eve']);
  await page.getByRole('button', { name: 'Close the activity' }).click();
  await drawer.waitFor({ state: 'detached' });
  await page.goto(`${url}/#/explore?id=unknown`);
  await page.getByText('There is no such activity').waitFor();
  expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
});

test('scrolling loads more activities, and only visible rows are in the DOM', async () => {
  const many = Array.from({ length: 730 }, (_, n) => ({
    userId: `user-${n}`,
    type: 'VIEW',
    createdAt: new Date(Date.now() - n * 1000).toISOString(),
  }));
  const { url } = await startService({ activities: many });
  const { page, faults } = await openDashboard(browser(), url);
  await page.getByText('100 of 730 loaded').waitFor();
  const grid = page.getByRole('grid');
  await expect
    .poll(
      async () => {
        await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
        return page.getByText('user-729').count();
      },
      { timeout: stepTimeoutMs },
    )
    .toBe(1);
  await page.getByText('All 730 loaded').waitFor();
  expect(await page.locator('.activity-row').count()).toBeLessThan(80);
  await grid.evaluate((element) => element.scrollTo(0, 0));
  await page.getByText('user-0', { exact: true }).waitFor();
  expect(faults).toEqual([]);
});
