import { Analytics } from '@segment/analytics-node';
import { expect, test } from 'vitest';
import { apiKey, kindsOfService } from '../deployment/kinds-of-service.ts';

const limits = { itemsPerSecond: 20 };
const fields = { name: 'limited', scopes: ['write'], project: 'default', limits };

test.each(kindsOfService)(
  "%s: every event of Segment's Node SDK is stored, even if its key exceeds its limit",
  async (_, start) => {
    const service = await start();
    const made = await fetch(`${service.url}/api/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
    const { secret } = (await made.json()) as { secret: string };
    const analytics = new Analytics({ writeKey: secret, host: service.url, flushAt: 50 });
    const failures: unknown[] = [];
    const statuses = new Set<unknown>();
    analytics.on('error', (error) => failures.push(error));
    analytics.on('http_response', ({ status }) => statuses.add(status));
    // The SDK sends all batches at once. They have more than the 100 items that a full token bucket allows.
    for (let index = 0; index < 250; index += 1) analytics.track({ userId: 'u', event: `Event ${index}` });
    await analytics.closeAndFlush({ timeout: 120_000 });
    expect(failures).toEqual([]);
    expect(statuses).toEqual(new Set([200, 429]));
    const all = await service.stored((stored) => stored.length >= 250);
    expect(new Set(all.map(({ type }) => type)).size).toBe(250);
  },
);
