import { browserFor, stepTimeoutMs } from '@user-activity/test-kit/browser';
import { expect, test } from 'vitest';
import { openDashboard, startService } from './open-dashboard.ts';

const browser = browserFor();
const hourMs = 3_600_000;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const activities = ['bob', 'ann'].map((userId, index) => ({
  userId,
  type: 'VIEW',
  metadata: { constructor: 'x', long: 'y'.repeat(4500) },
  createdAt: ago((2 - index) * 60_000),
}));

test('if a view throws, the navigation still works, and a link leads back to Explore', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), `${url}/#/user`);
  await page.getByText('Whose activities are you looking for?').waitFor();
  await page.evaluate(() => {
    const { getAll } = URLSearchParams.prototype;
    URLSearchParams.prototype.getAll = () => {
      URLSearchParams.prototype.getAll = getAll;
      throw new Error('broken by the test');
    };
  });
  await page.getByRole('link', { name: 'Explore', exact: true }).click();
  await page.getByRole('alert').getByText('This page failed').waitFor();
  await page.getByRole('link', { name: 'User', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Show Explore' }).click();
  await page.locator('.activity-row').nth(1).waitFor();
  // The error is in the console, for the developers.
  expect(faults.join('\n')).toContain('broken by the test');
});

test('metadata can be filtered by any key, and by a long value as a whole', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), `${url}/#/explore?metadata.constructor=x`);
  await page.locator('.activity-row').nth(1).click();
  await page.getByRole('button', { name: /^Filter by long/ }).click();
  await page.getByText('All 2 loaded').waitFor();
  await page.getByText('2 activities').waitFor();
  await page.goto(`${url}/#/explore?metadata.__proto__=x`);
  await page.getByText('No activity matches').waitFor();
  await page.getByRole('button', { name: 'Search the last year' }).click();
  await page.getByRole('button', { name: 'Time range: Last 365 days' }).waitFor();
  await page.getByText('No activity matches').waitFor();
  expect(faults).toEqual([]);
});

test('a relative range ends at the time of the service, even if the clock of the browser is slow', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), `${url}/#/user`);
  await page.clock.setFixedTime(Date.now() - 5 * hourMs);
  await page.goto(`${url}/#/explore?from=-1h`);
  await page.reload();
  await page.locator('.activity-row').nth(1).waitFor();
  await page.getByText('2 activities').waitFor();
  expect(faults).toEqual([]);
});

test('the arrow keys need the focus in the table, and single-character shortcuts can be switched off', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), url);
  const rows = page.locator('.activity-row');
  const { keyboard } = page;
  await rows.nth(1).waitFor();
  await page.getByRole('button', { name: /^Time range/ }).focus();
  await keyboard.press('ArrowDown');
  expect(await page.locator('[data-active]').count()).toBe(0);
  await keyboard.press('j');
  await keyboard.press('ArrowDown');
  await expect.poll(() => rows.nth(1).getAttribute('data-active')).toBe('');
  await keyboard.press('Enter');
  const drawer = page.getByRole('complementary', { name: 'Activity' });
  await drawer.getByText('bob', { exact: true }).waitFor();
  await drawer.getByRole('button', { name: 'Close the activity' }).focus();
  await keyboard.press('ArrowUp');
  expect(await rows.nth(1).getAttribute('aria-selected')).toBe('true');

  await keyboard.press('?');
  await page.getByLabel('Use single-character shortcuts').uncheck();
  await keyboard.press('Escape');
  await page.reload();
  await rows.nth(1).waitFor();
  for (const key of ['j', '/', '?']) await keyboard.press(key);
  expect(await page.locator('[data-active], #filter-user:focus, dialog').count()).toBe(0);
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await page.getByLabel('Use single-character shortcuts').check();
  await keyboard.press('Escape');
  await keyboard.press('j');
  await expect.poll(() => rows.first().getAttribute('data-active')).toBe('');
  expect(faults).toEqual([]);
});

test('in a narrow window, the details are a dialog that keeps the focus, and returns it when it closes', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), url, { viewport: { width: 400, height: 800 } });
  await page.locator('.activity-row').first().click();
  const dialog = page.getByRole('dialog', { name: 'Activity' });
  await dialog.getByText('ann', { exact: true }).waitFor();
  const focused = (): Promise<string> =>
    page.evaluate(() => (document.activeElement?.closest('dialog') === null ? 'behind' : 'inside'));
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('VIEW');
  for (let presses = 0; presses < 4; presses += 1) {
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('inside');
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid');
  await expect.poll(() => new URL(page.url()).hash).not.toContain('id=');
  expect(faults).toEqual([]);
});

test('adding one value too many to a filter shows the limit', async () => {
  const { url } = await startService({ activities });
  const types = Array.from({ length: 20 }, (_, n) => ['type', `T${n}`]);
  const paths = Array.from({ length: 10 }, (_, n) => [`metadata.p${n}`, 'x']);
  const { page } = await openDashboard(
    browser(),
    `${url}/#/explore?${String(new URLSearchParams([...types, ...paths]))}`,
  );
  for (const [filter, text, fault] of [
    ['Filter by type', 'ANOTHER', 'At most 20 types.'],
    ['Filter by metadata', 'another=x', 'At most 10 metadata paths.'],
  ] as const) {
    const input = page.getByRole('combobox', { name: filter });
    await input.fill(text);
    await input.press('Enter');
    await page.getByText(fault).waitFor();
    expect(await input.inputValue()).toBe(text);
  }
  expect(await page.locator('.token').count()).toBe(30);
});

test('the rows of an earlier query are dimmed until the new rows have arrived', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), url);
  await page.locator('.activity-row').nth(1).waitFor();
  let release = (): void => undefined;
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/api\/logs\?.*userId=ann/, async (route) => {
    await isReleased;
    await route.continue();
  });
  await page.goto(`${url}/#/explore?userId=ann`);
  await page.locator('.found.stale .activity-row').nth(1).waitFor();
  release();
  await expect.poll(() => page.locator('.activity-row').count(), { timeout: stepTimeoutMs }).toBe(1);
  expect(await page.locator('.found.stale').count()).toBe(0);
  expect(faults).toEqual([]);
});

test('a time range can be selected in the chart by touch', async () => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), `${url}/#/explore?from=-1h`, { hasTouch: true });
  await page.locator('.activity-row').nth(1).waitFor();
  const chart = await page.locator('.u-over').boundingBox();
  if (chart === null) throw new Error('There is no chart.');
  const session = await page.context().newCDPSession(page);
  const y = chart.y + 20;
  // The first half hour, which has no activities.
  const xs = [0, 0.1, 0.3, 0.5].map((part) => chart.x + 2 + part * chart.width);
  for (const [index, x] of xs.entries())
    await session.send('Input.dispatchTouchEvent', {
      type: index === 0 ? 'touchStart' : 'touchMove',
      touchPoints: [{ x, y }],
    });
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.getByText('No activity matches').waitFor();
  expect(new URL(page.url()).hash).toContain('to=');
  expect(faults).toEqual([]);
});
