import { browserFor } from '@user-activity/test-kit/browser';
import { expect, test } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { openDashboard, startService } from './open-dashboard.ts';

const browser = browserFor();
const hourMs = 3_600_000;
const name = 'סבתא רבתא 👵';

const placeOf = (userId: string, more = ''): string => `#/user?userId=${encodeURIComponent(userId)}${more}`;

/** Returns six activities of a user, 12 hours apart, and one of another user. */
const activitiesOf = (userId: string) => [
  ...Array.from({ length: 6 }, (_, number) => ({
    userId,
    type: number % 3 === 0 ? 'LOGIN' : 'VIEW_PAGE',
    createdAt: new Date(Date.now() - number * 12 * hourMs),
    metadata: { html: '<b>bold</b>', number },
  })),
  { userId: 'another', type: 'LOGIN' },
];

test('the id of a user shows counts by type and a timeline by day', async () => {
  const { url } = await startService({ activities: activitiesOf(name) });
  const { page, faults } = await openDashboard(browser(), `${url}/#/user`);
  await page.getByText('Whose activities are you looking for?').waitFor();
  await page.getByRole('link', { name }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name }).waitFor();
  await page.locator('.activity-line').nth(5).waitFor();
  expect(await page.locator('.activity-line').count()).toBe(6);
  await expect
    .poll(() => page.locator('.type-counts li').allTextContents())
    .toEqual(['VIEW_PAGE4', 'LOGIN2']);
  // Six activities, 12 hours apart, are on three or four days.
  expect([3, 4]).toContain(await page.locator('.days h3').count());
  expect(await page.locator('.days').textContent()).toContain('html=<b>bold</b>');

  await page.getByRole('button', { name: /^LOGIN/ }).click();
  await expect.poll(() => page.locator('.activity-line').count()).toBe(2);
  await expect.poll(() => new URL(page.url()).hash).toBe(placeOf(name, '&type=LOGIN').replaceAll('%20', '+'));
  await page.reload();
  await expect.poll(() => page.locator('.activity-line').count()).toBe(2);
  await page.getByRole('button', { name: /^LOGIN/ }).click();
  await expect.poll(() => page.locator('.activity-line').count()).toBe(6);
  expect(faults).toEqual([]);
});

test('loads a long timeline page by page', async () => {
  const activities = Array.from({ length: 130 }, (_, number) => ({
    userId: 'ann',
    type: `TYPE_${number % 12}`,
    createdAt: new Date(Date.now() - number * 60_000),
  }));
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), `${url}/${placeOf('ann')}`);
  await expect.poll(() => page.locator('.activity-line').count()).toBe(100);
  await page.getByRole('button', { name: 'Load more' }).click();
  await page.getByText('All activities are loaded.').waitFor();
  expect(await page.locator('.activity-line').count()).toBe(130);
  await expect.poll(() => page.locator('.type-counts li').count()).toBe(8);
  await page.getByRole('button', { name: '4 more types' }).click();
  expect(await page.locator('.type-counts li').count()).toBe(12);
  expect(faults).toEqual([]);
});

test('erases a user after its id was typed, and shows the progress', async () => {
  const { url, client } = await startService({ activities: activitiesOf(name) });
  const { page, faults } = await openDashboard(browser(), `${url}/${placeOf(name)}`);
  await page.getByRole('button', { name: 'Erase …' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('the 6 activities of').waitFor();
  const confirm = dialog.getByRole('button', { name: 'Erase for good' });
  expect(await confirm.isDisabled()).toBe(true);
  const input = dialog.getByLabel('Type the id of the user to confirm');
  await input.fill('another');
  expect(await confirm.isDisabled()).toBe(true);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await client.count({ userId: name })).toBe(6);

  await page.getByRole('button', { name: 'Erase …' }).click();
  await input.fill(name);
  await confirm.click();
  await page.getByText('The user is erased: 6 activities removed.').waitFor();
  await page.getByText('No activities found').waitFor();
  expect(await client.count({ userId: name })).toBe(0);
  expect(await client.count()).toBe(1);
  // The URL contains the erasure, so its progress is shown after a reload, too.
  await page.reload();
  await page.getByText('The user is erased: 6 activities removed.').waitFor();
  await page.getByRole('button', { name: 'Hide the erasure' }).click();
  await expect.poll(() => new URL(page.url()).hash).not.toContain('erasure');
  expect(faults).toEqual([]);
});

test('the dialog cannot be closed while the request for an erasure waits for its answer', async () => {
  const { url, client } = await startService({ activities: activitiesOf('ann') });
  const { page } = await openDashboard(browser(), `${url}/${placeOf('ann')}`);
  const sent = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  await page.route('**/api/users/**', async (route) => {
    const response = await route.fetch();
    sent.resolve();
    await answer.promise;
    await route.fulfill({ response });
  });
  await page.getByRole('button', { name: 'Erase …' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Type the id of the user to confirm').fill('ann');
  await page.keyboard.press('Enter');
  await sent.promise;
  expect(await dialog.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true);
  // The second Esc closes any dialog in the browser, so this one must open again.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Sending …' }).waitFor();
  answer.resolve();
  await page.getByText('The user is erased: 6 activities removed.').waitFor();
  expect(await client.count({ userId: 'ann' })).toBe(0);
});

test('another user never shows data of the previous one', async () => {
  const { url } = await startService({ activities: activitiesOf('ann') });
  const { page } = await openDashboard(browser(), `${url}/${placeOf('ann')}`);
  await page.locator('.user-facts').waitFor();
  const answer = Promise.withResolvers<void>();
  await page.route('**/api/logs**', async (route) => {
    await answer.promise;
    await route.continue();
  });
  await page.goto(`${url}/${placeOf('another')}`);
  await page.getByRole('heading', { name: 'another' }).waitFor();
  expect(await page.locator('.user-facts, .type-counts, .activity-line').count()).toBe(0);
  answer.resolve();
  await page.locator('.activity-line').waitFor();
  expect(await page.locator('.activity-line').count()).toBe(1);
});

test('a user with too many types to count in one request has counts, a chart and a timeline', async () => {
  const activities = Array.from({ length: 150 }, (_, number) => ({
    userId: 'ann',
    type: `TYPE_${number}`,
  }));
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), `${url}/${placeOf('ann')}`);
  await page.getByRole('img', { name: /^Activities per day, by type: 150 in all/ }).waitFor();
  await page.getByRole('button', { name: '142 more types' }).waitFor();
  await expect.poll(() => page.locator('.activity-line').count()).toBe(100);
  // The service refuses the count of all types, so the page counts only the most frequent ones.
  expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
});

test('if the statistics cannot be loaded, the timeline is still shown', async () => {
  const { url } = await startService({ activities: activitiesOf('ann') });
  const { page } = await openDashboard(browser(), url);
  await page.route('**/api/logs/stats*', (route) => route.fulfill({ status: 503 }));
  await page.goto(`${url}/${placeOf('ann')}`);
  await page.getByText('The service cannot answer at the moment').waitFor();
  await expect.poll(() => page.locator('.activity-line').count()).toBe(6);
});

test('the progress of an unknown erasure ends with a message', async () => {
  const { url } = await startService({ activities: activitiesOf('ann') });
  const { page } = await openDashboard(browser(), `${url}/#/user`);
  await page.clock.install();
  await page.goto(`${url}/${placeOf('ann', '&erasure=nonsense')}`);
  await page.getByText('The request is accepted.').waitFor();
  const unknown = page.getByText('The service has no record of this erasure.');
  await expect
    .poll(async () => {
      await page.clock.runFor(1000);
      return unknown.count();
    })
    .toBe(1);
});

test('with a key without the scope, says which scope an erasure needs', async () => {
  const { url, client } = await startService({
    environment: { API_KEYS: 'root-key' },
    apiKey: 'root-key',
    activities: activitiesOf('ann'),
  });
  const reader = await client.keys.create({ name: 'reader', scopes: ['read'] });
  const { page } = await openDashboard(browser(), `${url}/${placeOf('ann')}`);
  await page.getByLabel('API key', { exact: true }).fill(reader.secret);
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.getByRole('button', { name: 'Erase …' }).click();
  await page.getByLabel('Type the id of the user to confirm').fill('ann');
  await page.getByRole('button', { name: 'Erase for good' }).click();
  await page.getByText('it needs the scope "erase"').waitFor();
  expect(await client.count({ userId: 'ann' })).toBe(6);
});

test.each([
  ['light', 400],
  ['dark', 1440],
] as const)('axe finds no fault in User, %s, %i px', async (colorScheme, width) => {
  const longName = `${'department of '.repeat(16)}archives`;
  const { url } = await startService({ activities: activitiesOf(longName) });
  const { page, faults } = await openDashboard(browser(), `${url}/${placeOf(longName)}`, {
    colorScheme,
    viewport: { width, height: 800 },
  });
  await page.locator('.activity-line').nth(5).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.getByRole('button', { name: 'Erase …' }).click();
  await page.getByRole('dialog').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
});
