import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { Analytics as SegmentAnalytics } from '@segment/analytics-node';
import { ServiceProcess } from '@user-activity/test-servers';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const writeKey = 'our-write-key';
const headers = { 'x-api-key': writeKey };
// All that the service keeps but the ids and times that it or the SDK make.
interface Kept {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

let service: ServiceProcess;
let url: string;

let folder: string;

function start(port: string): void {
  const started = new ServiceProcess({ folder, environment: { API_KEYS: writeKey, PORT: port } });
  onTestFinished(async () => {
    await started.end('SIGKILL');
  });
  service = started;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'user-activity-segment-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  start('0');
  url = await service.ready();
});

async function list<One>(path: string): Promise<One[]> {
  const response = await fetch(`${url}${path}`, { headers });
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: One[] }).data;
}

/** All that is stored, in the order of its times, once it is so many. */
async function stored(many: number): Promise<Kept[]> {
  for (;;) {
    const all = await list<Kept>('/api/logs?order=asc&limit=500');
    if (all.length >= many) return all;
    await delay(20);
  }
}

const when = (second: number): Date => new Date(Date.UTC(2026, 0, 2, 3, 4, second));
const withoutContext = ({ userId, type, metadata: { context: _of, ...metadata }, createdAt }: Kept) => ({
  userId,
  type,
  metadata,
  createdAt,
});
const expected = (userId: string, type: string, metadata: object, second: number) => ({
  userId,
  type,
  metadata,
  createdAt: when(second).toISOString(),
});

test("Segment's Node SDK, its host changed alone: what it sends is what the service has", async () => {
  const analytics = new SegmentAnalytics({ writeKey, host: url });
  const failures: unknown[] = [];
  analytics.on('error', (error) => failures.push(error));
  analytics.identify({ userId: 'u', traits: { plan: 'pro' }, timestamp: when(1) });
  analytics.track({
    userId: 'u',
    anonymousId: 'a',
    event: 'Order Completed (50%)',
    properties: { total: 12.5, items: [{ sku: 'x' }] },
    context: { ip: '127.0.0.1' },
    timestamp: when(2),
  });
  analytics.page({
    anonymousId: 'a',
    name: 'Home',
    category: 'Docs',
    properties: { url: '/' },
    timestamp: when(3),
  });
  analytics.screen({ userId: 'u', name: 'Main', properties: { name: 'Other' }, timestamp: when(4) });
  analytics.group({ userId: 'u', groupId: 'g', traits: { seats: 5 }, timestamp: when(5) });
  analytics.alias({ userId: 'u', previousId: 'a', timestamp: when(6) });
  // Breaks a rule of ours, which no SDK knows.
  analytics.track({ userId: 'u'.repeat(257), event: 'Lost', messageId: 'lost' });
  await analytics.closeAndFlush();
  expect(failures).toEqual([]);

  const all = await stored(6);
  expect(all.map(withoutContext)).toEqual([
    expected('u', 'IDENTIFY', { plan: 'pro' }, 1),
    expected(
      'u',
      'ORDER_COMPLETED__50__',
      { total: 12.5, items: [{ sku: 'x' }], event: 'Order Completed (50%)', anonymousId: 'a' },
      2,
    ),
    expected('a', 'PAGE', { url: '/', name: 'Home', category: 'Docs' }, 3),
    expected('u', 'SCREEN', { properties: { name: 'Other' }, name: 'Main' }, 4),
    expected('u', 'GROUP', { seats: 5, groupId: 'g' }, 5),
    expected('u', 'ALIAS', { previousId: 'a' }, 6),
  ]);
  expect(all[1]?.metadata['context']).toMatchObject({
    ip: '127.0.0.1',
    library: { name: '@segment/analytics-node' },
  });
  expect(await list('/api/dead-letters')).toMatchObject([
    { code: 'invalid', activityId: 'lost', reason: '/userId must be 1-256 characters after trimming' },
  ]);
  expect(JSON.stringify(await list('/api/dead-letters'))).not.toContain(writeKey);
});

test("RudderStack's Node SDK, its data plane changed alone: what it sends is what the service has", async () => {
  // Bodies are compressed where this is not said.
  const analytics = new RudderAnalytics(writeKey, { dataPlaneUrl: url, logLevel: 'error' });
  analytics.identify({ userId: 'u', traits: { plan: 'pro' }, timestamp: when(1) });
  analytics.track({ anonymousId: 'a', event: 'Signed-Up', properties: { event: 'x' }, timestamp: when(2) });
  analytics.page({ userId: 'u', name: 'Home', properties: { url: '/' }, timestamp: when(3) });
  analytics.screen({ userId: 'u', name: 'Main', timestamp: when(4) });
  analytics.group({ userId: 'u', groupId: 'g', traits: { seats: 5 }, timestamp: when(5) });
  analytics.alias({ userId: 'u', previousId: 'a', timestamp: when(6) });
  await analytics.flush();

  const all = await stored(6);
  expect(all.map(withoutContext)).toEqual([
    expected('u', 'IDENTIFY', { plan: 'pro' }, 1),
    expected('a', 'SIGNED_UP', { properties: { event: 'x' }, event: 'Signed-Up' }, 2),
    expected('u', 'PAGE', { url: '/', name: 'Home' }, 3),
    expected('u', 'SCREEN', { name: 'Main' }, 4),
    expected('u', 'GROUP', { seats: 5, groupId: 'g' }, 5),
    expected('u', 'ALIAS', { previousId: 'a' }, 6),
  ]);
  expect(all[0]?.metadata['context']).toMatchObject({ library: { name: 'analytics-node' } });
  expect(await list('/api/dead-letters')).toEqual([]);
});

test('what an SDK sends while the service is away, and what it sends twice, is stored once', async () => {
  await service.end('SIGKILL');
  const analytics = new SegmentAnalytics({ writeKey, host: url, flushAt: 50 });
  const failed = new Promise<void>((resolve) => {
    analytics.once('http_request', () => resolve());
  });
  for (let index = 0; index < 120; index += 1)
    analytics.track({ userId: `u-${index % 7}`, event: 'View', messageId: `m-${index}` });
  const flushed = analytics.closeAndFlush();
  await failed;
  start(new URL(url).port);
  await service.ready();
  await flushed;
  const again = new SegmentAnalytics({ writeKey, host: url });
  again.track({ userId: 'u-0', event: 'View', messageId: 'm-0' });
  again.track({ userId: 'u-0', event: 'View', messageId: 'the-last' });
  await again.closeAndFlush();
  const ids = (await stored(121)).map(({ id }) => id);
  expect(ids).toHaveLength(121);
  expect(new Set(ids).size).toBe(121);
});
