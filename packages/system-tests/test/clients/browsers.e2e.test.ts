import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { type Kept, kindsOfService, type Service } from '../deployment/kinds-of-service.ts';
import { browserFor, stepTimeoutMs } from '@user-activity/test-kit/browser';
import { logHost, openPage, openShop, publicId, shopHost } from './shop.ts';

const otherHost = 'other.example';
const browser = browserFor([logHost, shopHost, otherHost]);

const pageOf = (host: string, port: number): Promise<Page> => openPage(browser(), `http://${host}:${port}/`);

/** Calls a function of a program in the page. */
async function runIn(page: Page, program: string, name: string, options: object): Promise<unknown> {
  await page.addScriptTag({ path: join(import.meta.dirname, 'programs', 'browser', program) });
  return page.evaluate(`${name}(${JSON.stringify(options)})`);
}

/** Waits until this many activities are stored. Returns them sorted by type. */
const storedFor = async (service: Service, count: number): Promise<readonly Kept[]> =>
  (await service.stored((all) => all.length >= count)).toSorted((left, right) =>
    left.type < right.type ? -1 : 1,
  );

describe.each(kindsOfService)('%s', (_kind, start) => {
  test("stores what Segment's browser SDK sends from a page of another origin", async () => {
    const { service, key, url, port } = await openShop(start);
    const page = await pageOf(shopHost, port);
    await page.addScriptTag({ url: '/segment.js' });
    const apiHost = `${new URL(url).host}/v1`;
    const failures = await runIn(page, 'segment.js', 'useSegment', { writeKey: key.secret, apiHost });
    expect(failures).toEqual([]);
    const all = await storedFor(service, 3);
    const common = { userId: 'ann', source: 'public' };
    expect(all).toMatchObject([
      { ...common, id: publicId(key, 'm-1'), type: 'IDENTIFY', metadata: { plan: 'pro' } },
      { ...common, id: publicId(key, 'm-2'), type: 'ORDER_COMPLETED', metadata: { total: 12.5 } },
      { ...common, id: publicId(key, 'm-3'), type: 'PAGE', metadata: { name: 'Home' } },
    ]);
    expect(JSON.stringify(all)).not.toContain(key.secret);
    expect(await service.list('/api/dead-letters')).toEqual([]);
  });

  test.each([
    ['requests', false, ['/v1/identify', '/v1/track']],
    ['beacons', true, ['/beacon/v1/batch?writeKey=']],
  ])(
    "stores what RudderStack's browser SDK sends as %s from a page of another origin",
    async (_, useBeacon, paths) => {
      const { service, key, url, port } = await openShop(start);
      const page = await pageOf(shopHost, port);
      const failures: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') failures.push(message.text());
      });
      const sent = paths.map((path) =>
        page.waitForRequest(`${url}${path}${useBeacon ? key.secret : ''}`, { timeout: stepTimeoutMs }),
      );
      await page.addScriptTag({ url: '/rudderstack.js' });
      const options = { writeKey: key.secret, dataPlaneUrl: url, useBeacon };
      await runIn(page, 'rudderstack.js', 'useRudderStack', options);
      for (const request of await Promise.all(sent)) expect(request.method()).toBe('POST');
      await storedFor(service, 2);
      await page.evaluate("analytics.track('Page Left')");
      if (useBeacon) await page.goto('about:blank');
      const all = await storedFor(service, 3);
      expect(all.map(({ userId, type }) => [userId, type])).toEqual([
        ['ann', 'IDENTIFY'],
        ['ann', 'ORDER_COMPLETED'],
        ['ann', 'PAGE_LEFT'],
      ]);
      for (const activity of all)
        expect(activity).toMatchObject({
          id: expect.stringMatching(/^pk\.[\w-]{43}$/) as string,
          source: 'public',
        });
      expect(failures).toEqual([]);
    },
  );

  test('stores a beacon and a request of its own page once each, and nothing from a page of another origin', async () => {
    const { service, key, url, port } = await openShop(start);
    const send = (page: Page): Promise<unknown> =>
      runIn(page, 'requests.js', 'sendAll', { url, key: key.secret, id: 'a' });
    const [other, shop] = [await pageOf(otherHost, port), await pageOf(shopHost, port)];
    expect(await send(other)).toEqual({ isQueued: true, error: 'TypeError: Failed to fetch' });
    const id = publicId(key, 'a');
    for (let times = 0; times < 2; times += 1)
      expect(await send(shop)).toEqual({ isQueued: true, status: 202, id, hasRequestId: true });
    const all = await storedFor(service, 2);
    expect(new Set(all.map((activity) => activity.id))).toEqual(new Set([id, publicId(key, 'beacon-a')]));
    expect(await service.deadLettersAfterAll('ann')).toEqual([]);
    expect(await service.list('/api/logs')).toHaveLength(4);
  });
});
