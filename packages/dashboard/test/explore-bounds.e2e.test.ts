import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { browserFor, stepTimeoutMs } from '@user-activity/test-kit/browser';
import { expect, onTestFinished, test } from 'vitest';
import { openDashboard, startService } from './open-dashboard.ts';

const browser = browserFor();

test('the table shows 10,000 activities, and a button continues after the last one without a gap', async () => {
  const newest = Date.now() - 60_000;
  const many = Array.from({ length: 10_050 }, (_, n) => ({
    userId: `user-${n}`,
    type: 'VIEW',
    // Several activities have the same millisecond.
    createdAt: new Date(newest - Math.floor(n / 7)).toISOString(),
  }));
  const { url } = await startService({ activities: many });
  const { page, faults } = await openDashboard(browser(), url);
  await page.getByText('100 of 10,050 loaded').waitFor();
  const scrollDown = (): Promise<void> =>
    page.getByRole('grid').evaluate((element) => element.scrollTo(0, element.scrollHeight));
  const last = page.locator('[aria-rowindex="10001"] .cell-user');
  await expect
    .poll(
      async () => {
        await scrollDown();
        return last.count();
      },
      { timeout: stepTimeoutMs, interval: 20 },
    )
    .toBe(1);
  await page.getByText('This page cannot show more than these 10,000 activities at a time.').waitFor();
  const user = await last.textContent();
  await page.getByRole('button', { name: 'Continue after the last activity' }).click();
  await page.getByText(/^All \d+ loaded$/).waitFor();
  // The activities of the last millisecond are shown again.
  await expect
    .poll(() => page.locator('.cell-user').allTextContents(), { timeout: stepTimeoutMs, interval: 20 })
    .toContain(user);
  await scrollDown();
  await page
    .getByText(/^user-1004\d$/)
    .first()
    .waitFor();
  expect(faults).toEqual([]);
});

test('a proxy may serve the dashboard below a path', async () => {
  const service = await startService({ activities: [{ userId: 'ann', type: 'LOGIN' }] });
  const proxy = createServer((asked, answer) => {
    const path = asked.url?.startsWith('/logs/') === true ? asked.url.slice('/logs'.length) : '/none';
    const headers = { ...asked.headers, host: new URL(service.url).host };
    const forwarded = request(
      `${service.url}${path}`,
      { method: asked.method ?? 'GET', headers },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      },
    );
    // The page may close, or the service may end, before the answer is complete.
    forwarded.on('error', () => answer.destroy());
    asked.pipe(forwarded);
  });
  onTestFinished(() => void proxy.close());
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/logs/`;
  const { page, faults } = await openDashboard(browser(), url);
  await page.locator('.activity-row').waitFor();
  expect(await page.getByRole('link', { name: 'API' }).evaluate((link: HTMLAnchorElement) => link.href)).toBe(
    `${url}docs`,
  );
  expect(faults).toEqual([]);
});

test('if there are too many types to count, the chart shows the most frequent ones and sums up the others', async () => {
  const many = Array.from({ length: 150 }, (_, n) => ({ userId: 'ann', type: `TYPE_${n % 140}` }));
  const { url } = await startService({ activities: many });
  const { page, faults } = await openDashboard(browser(), url);
  await page.getByText('150 activities').waitFor();
  const legend = await page.locator('.legend button').allTextContents();
  expect(legend).toHaveLength(8);
  expect(legend.slice(0, 7)).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `TYPE_${n}2`));
  expect(legend[7]).toBe('other types136');
  // The service refuses to count all types, and the browser reports that in the console.
  expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
});
