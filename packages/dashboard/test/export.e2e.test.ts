import { readFileSync } from 'node:fs';
import { browserFor, stepTimeoutMs } from '@user-activity/test-kit/browser';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openDashboard, startService, withKey } from './open-dashboard.ts';

const browser = browserFor();
const apiKey = 'a-root-key';
const activities = ['bob', 'ann', 'bob'].map((userId, n) => ({
  userId,
  type: 'VIEW',
  metadata: { n, text: 'a,"b' },
}));

const openMenu = async (page: Page): Promise<void> => {
  await page.locator('.activity-row').first().waitFor();
  await page.getByRole('button', { name: 'Export' }).click();
};

/** Returns the expected content of an export with the filter of the page. */
async function exported(url: string, format: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${url}/api/logs/export?format=${format}&order=desc&userId=bob`, { headers });
  return answer.text();
}

test.each(['NDJSON', 'CSV'])('without a key, an export as %s is a download of the browser', async (title) => {
  const { url } = await startService({ activities });
  const { page, faults } = await openDashboard(browser(), `${url}/#/explore?userId=bob`);
  await openMenu(page);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText(`${title}, `).click()]);
  const format = title.toLowerCase();
  expect(download.suggestedFilename()).toBe(`activities.${format}`);
  expect(readFileSync(await download.path(), 'utf8')).toBe(await exported(url, format));
  expect(faults).toEqual([]);
});

test('with a key, a browser without file access keeps the export in memory, and then saves it', async () => {
  const { url } = await startService({ activities, apiKey });
  const { page, faults } = await openDashboard(browser(), `${url}/#/explore?userId=bob`, withKey(apiKey));
  await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
  await openMenu(page);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('CSV, ').click()]);
  const expected = await exported(url, 'csv', { authorization: `Bearer ${apiKey}` });
  expect(readFileSync(await download.path(), 'utf8')).toBe(expected);
  await page.getByText(/^Saved/).waitFor();
  expect(faults).toEqual([]);
});

test('with a key, a browser with file access writes each chunk, and a failure leaves no file', async () => {
  const service = await startService({ activities, apiKey });
  const { page } = await openDashboard(browser(), `${service.url}/#/explore?userId=bob`, withKey(apiKey));
  // A test cannot use the file dialog of the operating system.
  await page.evaluate(() => {
    const state = { written: '', closed: 0, aborted: 0 };
    const file = {
      write: async (bytes: Uint8Array) => {
        state.written += new TextDecoder().decode(bytes);
      },
      close: async () => void (state.closed += 1),
      abort: async () => void (state.aborted += 1),
    };
    Object.assign(globalThis, {
      fileState: state,
      showSaveFilePicker: async () => ({ createWritable: async () => file }),
    });
  });
  const fileState = (): Promise<unknown> => page.evaluate('fileState');
  await openMenu(page);
  await page.getByText('NDJSON, ').click();
  const written = await exported(service.url, 'ndjson', { authorization: `Bearer ${apiKey}` });
  await expect.poll(fileState, { timeout: stepTimeoutMs }).toEqual({ written, closed: 1, aborted: 0 });
  await service.process.end('SIGKILL');
  await page.getByText('NDJSON, ').click();
  await page
    .getByText(/The server does not answer/)
    .first()
    .waitFor();
  expect(await fileState()).toEqual({ written, closed: 1, aborted: 1 });
});
