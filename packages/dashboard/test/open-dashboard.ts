import { ActivityClient, type NewActivity } from '@user-activity/client';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { stepTimeoutMs } from '@user-activity/test-kit/browser';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** A service that ends with the test. */
export interface RunningService {
  readonly url: string;
  /** A client with the root key, if the service needs a key. */
  readonly client: ActivityClient;
  readonly process: ServiceProcess;
}

/** Starts the service with its embedded log and store, and logs these activities. Resolves once all are stored. */
export async function startService({
  activities = [],
  environment = {},
  apiKey,
}: {
  readonly activities?: readonly NewActivity[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The root key of the service. Default: it needs none. */
  readonly apiKey?: string;
} = {}): Promise<RunningService> {
  const folder = temporaryFolder('dashboard');
  const keys = apiKey === undefined ? {} : { API_KEYS: apiKey };
  const process = new ServiceProcess({ folder: folder.path, environment: { ...keys, ...environment } });
  onTestFinished(async () => {
    await process.end('SIGKILL');
    folder.remove();
  });
  const url = await process.ready();
  const client = new ActivityClient({ url, apiKey, queue: { maxCount: 100_000 } });
  for (const activity of activities.slice(0, -1)) client.log(activity);
  await client.flush();
  const last = activities.at(-1);
  // Activities are stored in the order of the log, so all are stored once the last one is.
  if (last !== undefined) await client.logDurably(last, { wait: 30 });
  return { url, client, process };
}

/** Returns the options for a window that already has a key. */
export const withKey = (apiKey: string): DashboardOptions => ({ apiKey });

/** An open page of the dashboard, with the faults that occurred in it. */
export interface OpenPage {
  readonly page: Page;
  /** Script errors, errors and warnings of the console, such as policy violations and failed requests, and requests to other hosts. */
  readonly faults: readonly string[];
}

interface DashboardOptions extends BrowserContextOptions {
  /** The key in the session storage of the window. */
  readonly apiKey?: string;
}

/** Opens the dashboard in a new window. */
export async function openDashboard(
  browser: Browser,
  url: string,
  { apiKey, ...options }: DashboardOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  onTestFinished(() => context.close());
  context.setDefaultTimeout(stepTimeoutMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) faults.push(`request to ${request.url()}`);
  });
  if (apiKey !== undefined)
    await page.addInitScript((key) => sessionStorage.setItem('user-activity.key', key), apiKey);
  await page.goto(url);
  return { page, faults };
}
