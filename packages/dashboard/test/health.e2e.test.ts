import { NotStoredError } from '@user-activity/client';
import { browserFor } from '@user-activity/test-kit/browser';
import { expect, test } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { openDashboard, startService } from './open-dashboard.ts';

const browser = browserFor();

/** Starts a service with an activity, and with another activity of the same id, which became a dead letter. */
async function startWithConflict(keys: { readonly API_KEYS?: string } = {}) {
  const first = { id: 'order-1', userId: 'ann', type: 'ORDER', metadata: { total: 1 } };
  const service = await startService({
    environment: { ...keys },
    ...(keys.API_KEYS !== undefined && { apiKey: keys.API_KEYS }),
    activities: [first],
  });
  const other = { ...first, metadata: { html: '<script>alert(1)</script>', total: 2 } };
  await expect(service.client.logDurably(other, { wait: 30 })).rejects.toThrow(NotStoredError);
  return service;
}

test('shows the checks, the charts and the dead letters', async () => {
  const { url } = await startWithConflict();
  const { page, faults } = await openDashboard(browser(), `${url}/#/health`);
  await page.getByText('The service works').waitFor();
  expect(
    await page.getByRole('list', { name: 'What it depends on' }).getByRole('listitem').allTextContents(),
  ).toEqual(['Logworks', 'Storeworks', 'Consumerworks']);
  for (const title of ['Accepted and stored', 'Accepted to stored', 'Lag', 'New dead letters'])
    await page.getByRole('heading', { name: title, exact: false }).first().waitFor();
  const letter = page.locator('.letter');
  await letter.getByText('Another activity has this id').waitFor();
  expect(await letter.textContent()).toContain('order-1');
  await letter.getByText('What was sent').click();
  expect(await letter.locator('pre').textContent()).toContain('"html":"<script>alert(1)</script>"');
  await letter.getByRole('link', { name: 'Show the stored activity' }).click();
  await page.getByText('order-1').first().waitFor();
  expect(new URL(page.url()).hash).toBe('#/explore?from=all&id=order-1');
  expect(faults).toEqual([]);
});

test('new values go into the existing chart, and its tooltip stays', async () => {
  const { url } = await startWithConflict();
  const { page, faults } = await openDashboard(browser(), `${url}/#/health`);
  const chart = page.locator('.health-charts .uplot').first();
  await chart.evaluate((element) => element.setAttribute('data-first', ''));
  await chart.hover();
  await page.locator('.chart-tooltip').waitFor();
  for (let round = 0; round < 2; round += 1) {
    const answer = page.waitForResponse('**/api/health/history');
    await page.keyboard.press('r');
    await (await answer).finished();
  }
  expect(await page.locator('.health-charts .uplot[data-first]').count()).toBe(1);
  expect(await page.locator('.chart-tooltip').count()).toBe(1);
  expect(faults).toEqual([]);
});

test('replays dead letters, which are listed again if they fail again', async () => {
  const { url, client } = await startWithConflict();
  const { page, faults } = await openDashboard(browser(), `${url}/#/health`);
  await page.getByRole('button', { name: /^Replay user-activity/ }).click();
  await page.getByText('Sent back to the log: 1.').waitFor();
  // The same record is a dead letter again, under the same id.
  await expect.poll(async () => (await client.deadLetters().next()).value?.code).toBe('conflict');
  await page.keyboard.press('r');
  await page.getByRole('button', { name: 'Replay all …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Replay all …' }).click();
  const replay = page.waitForRequest('**/dead-letters/replay');
  await page.getByRole('dialog').getByRole('button', { name: 'Replay all' }).click();
  expect((await replay).postDataJSON()).toEqual({ all: true });
  expect(await (await (await replay).response())?.json()).toMatchObject({ replayed: 1 });
  expect(faults).toEqual([]);
});

test('a part that the key may not read says which scope it needs, and the other parts are shown', async () => {
  const { url, client } = await startWithConflict({ API_KEYS: 'root-key' });
  const letters = await client.keys.create({ name: 'repair', scopes: ['dead-letters'] });
  const { page } = await openDashboard(browser(), `${url}/#/health`);
  await page.getByLabel('API key', { exact: true }).fill(letters.secret);
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.locator('.letter').waitFor();
  await page.getByText('The service works').waitFor();
  await page.locator('.health-history').getByText('This key is not allowed to read this').waitFor();
  expect(await page.locator('.letter').count()).toBe(1);
});

test('another key removes the data that the earlier key was allowed to read', async () => {
  const { url, client } = await startWithConflict({ API_KEYS: 'root-key' });
  const writer = await client.keys.create({ name: 'writer', scopes: ['write'] });
  const { page } = await openDashboard(browser(), `${url}/#/health`, { apiKey: 'root-key' });
  const secrets = page.locator('.letter, .health-charts figure, .health-figures');
  const useKey = async (key: string): Promise<void> => {
    await page.getByRole('button', { name: 'Change the API key' }).click();
    await page.getByLabel('API key', { exact: true }).fill(key);
    await page.getByRole('button', { name: 'Use these' }).click();
  };
  await page.locator('.letter').waitFor();
  await page.locator('.health-charts figure').first().waitFor();
  await useKey(writer.secret);
  await page.locator('.dead-letters').getByText('This key is not allowed to read this').waitFor();
  await page.locator('.health-history').getByText('This key is not allowed to read this').waitFor();
  expect(await secrets.count()).toBe(0);
  await useKey('root-key');
  await page.locator('.letter').waitFor();
  await page.locator('.health-charts figure').first().waitFor();
  await page.getByRole('button', { name: 'Change the API key' }).click();
  await page.getByRole('button', { name: 'Forget the key' }).click();
  await page.getByRole('dialog').getByText('A valid API key is required').waitFor();
  expect(await secrets.count()).toBe(0);
});

test('the data disappears when the key loses its scope, but stays during an overload', async () => {
  const { url } = await startWithConflict();
  const { page } = await openDashboard(browser(), `${url}/#/health`);
  await page.locator('.letter').waitFor();
  let status = 429;
  await page.route('**/api/dead-letters*', (route) =>
    route.fulfill({
      status,
      headers: { 'retry-after': '120' },
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Refused', status, detail: 'Refused.' }),
    }),
  );
  await page.keyboard.press('r');
  await page.getByText(/Last updated at \d\d:\d\d: too many requests\./).waitFor();
  expect(await page.locator('.letter').count()).toBe(1);
  status = 403;
  await page.getByRole('button', { name: /^Replay user-activity/ }).click();
  await page.locator('.dead-letters').getByText('This key is not allowed to read this').waitFor();
  expect(await page.locator('.letter').count()).toBe(0);
});

test('keeps polling a server that does not answer, and keeps showing the last data', async () => {
  const { url, process } = await startWithConflict();
  const { page } = await openDashboard(browser(), `${url}/#/health`);
  await page.getByText('The service works').waitFor();
  await page.locator('.letter').waitFor();
  await process.end('SIGKILL');
  await page.getByText('The server does not answer').first().waitFor();
  await page
    .getByText(/Last updated at \d\d:\d\d: the server does not answer\./)
    .first()
    .waitFor();
  expect(await page.locator('.letter').count()).toBe(1);
  expect(await page.locator('.health-charts figure').count()).toBeGreaterThan(0);
});

test.each([
  ['light', 1440],
  ['dark', 400],
] as const)('axe finds no fault in Health, %s, %i px', async (colorScheme, width) => {
  const { url } = await startWithConflict();
  const { page, faults } = await openDashboard(browser(), `${url}/#/health`, {
    colorScheme,
    viewport: { width, height: 800 },
  });
  await page.locator('.letter').waitFor();
  await page.locator('.health-charts figure').first().waitFor();
  await page.getByText('What was sent').click();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(faults).toEqual([]);
});
