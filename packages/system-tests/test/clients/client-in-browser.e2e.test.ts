import { createRequire } from 'node:module';
import { browserBundle } from '@user-activity/test-kit';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { apiKey, kindsOfService } from '../deployment/kinds-of-service.ts';
import { browserFor } from '@user-activity/test-kit/browser';
import { logHost, openPage, openShop, publicId, shopHost } from './shop.ts';

const browser = browserFor([logHost, shopHost]);
const entry = createRequire(import.meta.url).resolve('@user-activity/client');

/** Opens a page, and makes a client there. */
async function pageWithClient(url: string, options: object): Promise<Page> {
  const page = await openPage(browser(), url);
  await page.evaluate(await browserBundle(entry, 'userActivity'));
  await page.evaluate(`globalThis.client = new userActivity.ActivityClient(${JSON.stringify(options)})`);
  return page;
}

describe.each(kindsOfService)('%s', (_kind, start) => {
  test('a page of another origin logs with a public key, and its last activity is stored even if the user leaves', async () => {
    const { service, key, url, port } = await openShop(start);
    const page = await pageWithClient(`http://${shopHost}:${port}/`, {
      url,
      apiKey: key.secret,
      maxDelayMs: 60_000,
    });
    const log = (id: string): string => `client.log({ id: '${id}', userId: 'ann', type: 'VIEW' })`;
    expect(
      await page.evaluate(`(async () => { ${log('a')}; await client.flush(); return client.queued; })()`),
    ).toBe(0);
    await service.kill();
    await page.evaluate(log('b'));
    const flushed = page.evaluate('client.flush()');
    await service.restart();
    await flushed;
    await page.evaluate(log('c'));
    await page.goto('about:blank');
    const all = await service.stored((stored) => stored.length >= 3);
    expect(all.map(({ id }) => id).toSorted()).toEqual(
      ['a', 'b', 'c'].map((id) => publicId(key, id)).toSorted(),
    );
    expect(await service.deadLettersAfterAll('ann')).toEqual([]);
  });

  test('a page of the service queries and follows activities, and works again after a restart', async () => {
    const service = await start();
    const page = await pageWithClient(`${service.url}/docs`, { url: service.url, apiKey });
    const program = async (kill: string): Promise<unknown> =>
      page.evaluate(`(async () => {
      const seen = [];
      const [start] = await Array.fromAsync(client.feed({ from: 'now', follow: false }));
      const ids = Array.from({ length: 5 }, (_, n) => client.log({ userId: 'ann', type: 'VIEW', metadata: { n } }));
      await client.logDurably({ userId: 'ann', type: '${kill}' }, { wait: 30 });
      for await (const { activity, cursor } of client.tail({ cursor: start.cursor })) {
        seen.push(activity.type);
        if (seen.length === 6) break;
      }
      const listed = await Array.fromAsync(client.query({ type: 'VIEW', limit: 2 }), ({ id }) => id);
      const missing = ids.filter((id) => !listed.includes(id));
      const refused = await client.count({ metadata: { n: 1 } }).catch((error) => error instanceof userActivity.ProblemError && error.status);
      return { seen: seen.sort(), missing, refused, count: await client.count() };
    })()`);
    const views = ['VIEW', 'VIEW', 'VIEW', 'VIEW', 'VIEW'];
    expect(await program('LOGIN')).toEqual({
      seen: ['LOGIN', ...views],
      missing: [],
      refused: 400,
      count: 6,
    });
    await service.kill();
    await service.restart();
    expect(await program('LOGOUT')).toEqual({
      seen: ['LOGOUT', ...views],
      missing: [],
      refused: 400,
      count: 12,
    });
  });
});
