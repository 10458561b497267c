import { browserFor } from '@user-activity/test-kit/browser';
import { ActivityClient, type Scope } from '@user-activity/client';
import { expect, test } from 'vitest';
import { openDashboard, type RunningService, startService, withKey } from './open-dashboard.ts';

const browser = browserFor();
const apiKey = 'a-root-key';
const activities = [{ userId: 'ann', type: 'LOGIN' }];

/** Makes a key, and returns its secret. */
async function makeKey({ client }: RunningService, scopes: readonly Scope[]): Promise<string> {
  const { secret } = await client.keys.create({ name: 'a reader', project: 'default', scopes: [...scopes] });
  return secret;
}

test('the page asks for a key, explains why one is refused, and keeps it in the session storage of its tab only', async () => {
  const service = await startService({ activities, apiKey });
  const { page } = await openDashboard(browser(), service.url);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('A valid API key is required').waitFor();
  await dialog.getByLabel('API key').fill('wrong key ü');
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await dialog.getByText('A key can have only visible ASCII characters').waitFor();
  await dialog.getByLabel('API key').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Use another key' }).waitFor();
  const key = await makeKey(service, ['read']);
  await dialog.getByLabel('API key').fill(key);
  await page.keyboard.press('Enter');
  await page.locator('.activity-row').waitFor();
  expect(await dialog.count()).toBe(0);
  const stored = await page.evaluate(() => [
    Object.values(sessionStorage),
    Object.values(localStorage),
    document.cookie,
    location.href,
  ]);
  expect(stored).toEqual([[key], [], '', `${service.url}/`]);
  await page.reload();
  await page.locator('.activity-row').waitFor();
  await page.getByRole('button', { name: 'Change the API key' }).click();
  await dialog.getByRole('button', { name: 'Forget the key' }).click();
  await dialog.getByText('A valid API key is required').waitFor();
});

test('the page asks for another key after its key was revoked', async () => {
  const service = await startService({ activities, apiKey });
  const { id, secret } = await service.client.keys.create({
    name: 'short',
    project: 'default',
    scopes: ['read'],
  });
  const { page } = await openDashboard(browser(), service.url, withKey(secret));
  await page.locator('.activity-row').waitFor();
  await service.client.keys.revoke(id);
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByRole('dialog').getByText('This API key was revoked.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('This server asks for a key').first().waitFor();
  await page.getByRole('button', { name: 'Use another key' }).first().click();
  await page.getByRole('dialog').getByLabel('API key').fill(apiKey);
  await page.keyboard.press('Enter');
  await page.locator('.activity-row').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('entering the same key again reloads the data', async () => {
  const service = await startService({ activities, apiKey });
  const { page } = await openDashboard(browser(), service.url, withKey(apiKey));
  await page.locator('.activity-row').waitFor();
  await page.getByRole('button', { name: 'Change the API key' }).click();
  await page.getByRole('dialog').getByLabel('API key').fill(apiKey);
  const loaded = page.waitForRequest('**/api/logs?*');
  await page.keyboard.press('Enter');
  expect((await loaded).headers()['authorization']).toBe(`Bearer ${apiKey}`);
  await page.locator('.activity-row').waitFor();
});

test('with a key that lacks a scope, the page says which one', async () => {
  const service = await startService({ activities, apiKey });
  const key = await makeKey(service, ['write']);
  const { page } = await openDashboard(browser(), service.url, withKey(key));
  await page.getByText('This key is not allowed to read this').first().waitFor();
  await page.getByText('does not have the scope read').first().waitFor();
  expect(await page.locator('.activity-row').count()).toBe(0);
});

test('the page explains a dead server, an overload and a rate limit, and recovers from each', async () => {
  const service = await startService({ activities });
  const { page } = await openDashboard(browser(), service.url);
  const reload = page.getByRole('button', { name: 'Reload' });
  await page.locator('.activity-row').waitFor();
  let refusal: { status: number; headers: Record<string, string>; detail: string } | undefined;
  await page.route('**/api/logs*', async (route) => {
    if (refusal === undefined) return route.continue();
    const { status, headers, detail } = refusal;
    const body = JSON.stringify({ title: 'Refused', status, detail });
    return route.fulfill({ status, headers, contentType: 'application/problem+json', body });
  });
  refusal = { status: 429, headers: { 'retry-after': '30' }, detail: 'This key has used its requests.' };
  await page.goto(`${service.url}/#/explore?from=-1h`);
  await page.getByText('Too many requests').waitFor();
  await page.getByText('This key has used its requests.').waitFor();
  await page.getByRole('button', { name: /^Try again \(in \d+ s\)$/ }).waitFor();
  refusal = { status: 429, headers: { 'retry-after': '11' }, detail: 'This key has used its requests.' };
  await reload.click();
  await page.getByRole('button', { name: /^Try again \(in \d s\)$/ }).waitFor();
  refusal = undefined;
  // When the countdown ends, the page retries by itself.
  await page.locator('.activity-row').waitFor();
  refusal = { status: 503, headers: { 'retry-after': '60' }, detail: 'The store does not answer.' };
  await page.goto(`${service.url}/#/explore?from=-6h`);
  await page.getByText('The service cannot answer at the moment').waitFor();
  refusal = undefined;
  await page
    .getByRole('button', { name: /^Try again/ })
    .first()
    .click();
  await page.locator('.activity-row').waitFor();
  await service.process.end('SIGKILL');
  await page.goto(`${service.url}/#/explore?from=-7d`);
  await page.getByText('The server does not answer').first().waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('with a key of all projects, the URL contains the chosen project, and each view shows that project', async () => {
  const service = await startService({ activities, apiKey });
  const inShop = new ActivityClient({ url: service.url, apiKey, project: 'shop' });
  await inShop.logDurably({ userId: 'bob', type: 'BUY' }, { wait: 30 });
  const { page, faults } = await openDashboard(browser(), service.url, withKey(apiKey));
  await page.locator('.cell-user', { hasText: 'ann' }).waitFor();
  await page.getByRole('button', { name: 'Change the API key' }).click();
  await page.getByRole('textbox', { name: 'Project' }).fill('No Project');
  await page.keyboard.press('Enter');
  await page.getByText('The name of a project can have only').waitFor();
  await page.getByRole('textbox', { name: 'Project' }).fill('shop');
  await page.keyboard.press('Enter');
  await page.locator('.cell-user', { hasText: 'bob' }).waitFor();
  await expect.poll(() => new URL(page.url()).hash).toBe('#/@shop/');
  await page.getByRole('link', { name: 'Live' }).click();
  await page.getByRole('link', { name: 'Explore' }).click();
  await expect.poll(() => new URL(page.url()).hash).toBe('#/@shop/explore');
  await page.reload();
  await page.locator('.cell-user', { hasText: 'bob' }).waitFor();
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await page.locator('.cell-user', { hasText: 'ann' }).waitFor();
  expect(faults).toEqual([]);
});
