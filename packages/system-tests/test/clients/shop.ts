import { createHash } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { apiKey, type Service } from '../deployment/kinds-of-service.ts';
import { stepTimeoutMs } from '@user-activity/test-kit/browser';
import { webShop } from './web-shop.ts';

/** The host of the service, as pages know it. */
export const logHost = 'logs.example';
/** The host of the pages that may log. */
export const shopHost = 'shop.example';

/** A key for web pages. */
export interface PublicKey {
  readonly id: string;
  readonly secret: string;
}

/** A service with a key for the pages of a shop, which has another host. */
export interface Shop {
  readonly service: Service;
  readonly key: PublicKey;
  /** The URL of the service, as pages know it. */
  readonly url: string;
  readonly port: number;
}

/** Opens a shop until the test ends. */
export async function openShop(start: () => Promise<Service>): Promise<Shop> {
  const [service, port] = [await start(), await webShop()];
  const response = await fetch(`${service.url}/api/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({
      name: 'pages of the shop',
      scopes: ['write'],
      origins: [`http://${shopHost}:${port}`],
    }),
  });
  expect(response.status).toBe(201);
  const url = `http://${logHost}:${new URL(service.url).port}`;
  return { service, key: (await response.json()) as PublicKey, url, port };
}

/** Opens a page in a new browser context, which has no cookies and no stored data. */
export async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  context.setDefaultTimeout(stepTimeoutMs);
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Returns the id under which the service stores an activity that a page sent with the id `sent`. */
export const publicId = ({ id }: PublicKey, sent: string): string =>
  `pk.${createHash('sha256')
    .update(JSON.stringify([id, sent]))
    .digest('base64url')}`;
