import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { browserFor } from '@user-activity/test-kit/browser';
import { expect, test } from 'vitest';
import { accessibilityFaults } from './accessibility.ts';
import { openDashboard, startService, withKey } from './open-dashboard.ts';

const browser = browserFor();
const apiKey = "a-root'key";

test.each([
  ['without keys', undefined, []],
  ['with a key', apiKey, ['Show key']],
])(
  '%s, an empty log shows a curl command that works unchanged, and then Explore with its activity',
  async (_, key, buttons) => {
    const service = await startService(key === undefined ? {} : { apiKey: key });
    const { page, faults } = await openDashboard(browser(), service.url, {
      ...(key !== undefined && withKey(key)),
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.getByRole('heading', { name: 'Send the first activity' }).waitFor();
    await page.getByText('Waiting for the first activity').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const snippet = page.locator('#snippet');
    for (const name of buttons) await page.getByRole('button', { name }).click();
    await page.getByRole('button', { name: key === undefined ? 'Copy' : 'Copy with key' }).click();
    await page.getByText('Copied').waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(await snippet.textContent()).toBe(command);
    const { stdout } = await promisify(execFile)('sh', ['-c', command]);
    expect(stdout).toContain('202');
    await page.locator('.activity-row', { hasText: 'ann' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Send the first activity' }).count()).toBe(0);
    expect(faults).toEqual([]);
  },
);

test('the tabs show other programs, with the URL and the key, which is hidden at first', async () => {
  const { url } = await startService({ apiKey });
  const { page } = await openDashboard(browser(), url, withKey(apiKey));
  const code = page.getByRole('tabpanel');
  await page.getByRole('tab', { name: 'curl' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'TypeScript', selected: true }).waitFor();
  expect(await code.textContent()).toContain(`  url: '${url}',\n  apiKey: '••••••••',\n`);
  await page.getByRole('button', { name: 'Show key' }).click();
  expect(await code.textContent()).toContain(`  url: '${url}',\n  apiKey: 'a-root\\'key',\n`);
  await page.getByRole('tab', { name: 'TypeScript' }).press('ArrowRight');
  expect(await code.textContent()).toContain(`  host: '${url}',\n  writeKey: 'a-root\\'key',\n`);
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'curl', selected: true }).waitFor();
});
