import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { browserFor, stepTimeoutMs } from '@user-activity/test-kit/browser';

const host = 'logs.example';
const key = 'docs-key';
const browser = browserFor([host]);

/** Starts a service that the browser reaches by the host name. */
async function serve(environment: Record<string, string>): Promise<URL> {
  const folder = temporaryFolder('docs-page');
  const service = new ServiceProcess({ folder: folder.path, environment });
  onTestFinished(async () => {
    await service.end('SIGKILL');
    folder.remove();
  });
  const url = new URL(await service.ready());
  url.hostname = host;
  url.pathname = '/docs';
  return url;
}

/** Opens a page, and collects its faults. */
async function open(
  url: URL,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: string[] }> {
  const context = await browser().newContext(options);
  onTestFinished(() => context.close());
  context.setDefaultTimeout(stepTimeoutMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('requestfailed', (request) => faults.push(`${request.url()} ${request.failure()?.errorText}`));
  await page.goto(url.href);
  return { page, faults };
}

/** Sends the example of `POST /api/logs` twice, and returns the answers. */
async function executeTwice(page: Page): Promise<{ status: number; id: string }[]> {
  const operation = page.locator('#operations-activities-logActivity');
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  const answers: { status: number; id: string }[] = [];
  for (let times = 0; times < 2; times += 1) {
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await operation.getByRole('button', { name: 'Execute' }).click();
    const response = await answered;
    answers.push({ status: response.status(), id: ((await response.json()) as { id: string }).id });
  }
  return answers;
}

/** Expects that the page shows all operations without a fault, and that sending the example logs an activity each time. */
async function expectWorking({ page, faults }: { page: Page; faults: string[] }): Promise<void> {
  await page.locator('.opblock').first().waitFor();
  expect(new URL(page.url()).pathname).toBe('/docs');
  expect(await page.locator('.opblock').count()).toBeGreaterThan(15);
  const [first, second] = await executeTwice(page);
  expect([first?.status, second?.status]).toEqual([201, 201]);
  expect(first?.id).not.toBe(second?.id);
  expect(faults).toEqual([]);
}

test('a browser that opens the service by plain HTTP under any host name gets a working page', async () => {
  await expectWorking(await open(await serve({ ALLOWED_HOSTS: host })));
});

test('if the service needs keys, a browser can open the page with a key in the URL', async () => {
  const url = await serve({ API_KEYS: key });
  url.username = key;
  await expectWorking(await open(url));
});

test('if the service needs keys, the browser asks for one', async () => {
  // The user's answer to the browser's prompt.
  const httpCredentials = { username: key, password: '' };
  await expectWorking(await open(await serve({ API_KEYS: key }), { httpCredentials }));
});
