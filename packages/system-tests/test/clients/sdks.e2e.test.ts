import { createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { join } from 'node:path';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { Analytics as SegmentAnalytics } from '@segment/analytics-node';
import { runWithSegmentJava } from '@user-activity/test-kit';
import { CloudEvent, HTTP } from 'cloudevents';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { apiKey, type Kept, kindsOfService, type Service } from '../deployment/kinds-of-service.ts';

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
const many = (count: number) => (all: readonly unknown[]) => all.length >= count;

/** Collects the errors that the SDK reports to its user. */
function failuresOf(analytics: SegmentAnalytics): readonly unknown[] {
  const failures: unknown[] = [];
  analytics.on('error', (error) => failures.push(error));
  return failures;
}

/** Collects the encodings of the bodies that this process sends by `node:http` until the test ends. */
function encodingsSent(): readonly unknown[] {
  const encodings: unknown[] = [];
  const note = (message: unknown): void => {
    encodings.push((message as { request: ClientRequest }).request.getHeader('content-encoding'));
  };
  subscribe('http.client.request.start', note);
  onTestFinished(() => {
    unsubscribe('http.client.request.start', note);
  });
  return encodings;
}

/** Encodes headers by section 3.1.3.2 of the HTTP protocol binding, which the SDK leaves to its caller. */
const percentEncoded = (headers: object): [string, string][] =>
  Object.entries(headers).map(([name, value]) => [
    name,
    name.startsWith('ce-')
      ? String(value).replaceAll(/[^!-~]|["%]/gu, (character) => encodeURIComponent(character))
      : String(value),
  ]);

describe.each(kindsOfService)('%s', (_kind, start) => {
  let service: Service;

  beforeEach(async () => {
    service = await start();
  });

  test("stores the events of Segment's Node SDK if only its host is changed", async () => {
    const analytics = new SegmentAnalytics({ writeKey: apiKey, host: service.url });
    const failures = failuresOf(analytics);
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
    // These break rules of the service, which no SDK knows.
    const [long, deep] = [
      'u'.repeat(257),
      { a: JSON.parse(`${'['.repeat(16)}${']'.repeat(16)}`) as unknown },
    ];
    analytics.track({ userId: long, event: 'Too\0Long', messageId: 'long', timestamp: when(7) });
    analytics.track({ userId: 'u', event: 'Deep', properties: deep, messageId: 'deep', timestamp: when(8) });
    await analytics.closeAndFlush();
    expect(failures).toEqual([]);

    const sha256 = (text: string, encoding: 'base64url' | 'hex') =>
      createHash('sha256').update(text).digest(encoding);
    const json = JSON.stringify(deep);
    const all = await service.stored(many(8));
    expect(all.map(withoutContext)).toEqual([
      expected('u', 'IDENTIFY', { plan: 'pro' }, 1),
      expected(
        'u',
        'ORDER_COMPLETED_(50%)',
        { total: 12.5, items: [{ sku: 'x' }], event: 'Order Completed (50%)', anonymousId: 'a' },
        2,
      ),
      expected('a', 'PAGE', { url: '/', name: 'Home', category: 'Docs' }, 3),
      expected('u', 'SCREEN', { properties: { name: 'Other' }, name: 'Main' }, 4),
      expected('u', 'GROUP', { seats: 5, groupId: 'g' }, 5),
      expected('u', 'ALIAS', { previousId: 'a' }, 6),
      expected(
        `${'u'.repeat(200)}~${sha256(long, 'base64url')}`,
        'TOO_LONG',
        { event: 'Too\0Long', original: { userId: long, event: 'Too\0Long' } },
        7,
      ),
      expected(
        'u',
        'DEEP',
        { event: 'Deep', original: { bytes: json.length, sha256: sha256(json, 'hex') } },
        8,
      ),
    ]);
    expect(all[1]?.metadata['context']).toMatchObject({
      ip: '127.0.0.1',
      library: { name: '@segment/analytics-node' },
    });
    const deadLetters = await service.list('/api/dead-letters');
    expect(deadLetters).toMatchObject([
      {
        code: 'invalid',
        activityId: 'deep',
        reason: expect.stringMatching(/^\/properties is stored as its size and SHA-256 only/) as string,
      },
    ]);
    expect(JSON.stringify(deadLetters)).not.toContain(apiKey);
  });

  test("stores the events of Segment's Java SDK if only its endpoint is changed", async () => {
    await runWithSegmentJava(join(import.meta.dirname, 'SegmentCalls.java'), apiKey, service.url);
    const all = await service.stored(many(6));
    expect(all.map(withoutContext)).toEqual([
      expected('u', 'IDENTIFY', { plan: 'pro' }, 1),
      expected('u', 'ORDER_COMPLETED', { total: 12.5, event: 'Order Completed', anonymousId: 'a' }, 2),
      expected('a', 'PAGE', { url: '/', name: 'Home' }, 3),
      expected('u', 'SCREEN', { name: 'Main' }, 4),
      expected('u', 'GROUP', { seats: 5, groupId: 'g' }, 5),
      expected('u', 'ALIAS', { previousId: 'a' }, 6),
    ]);
    expect(all[0]?.metadata['context']).toMatchObject({ library: { name: 'analytics-java' } });
    expect(all[1]?.metadata['context']).toEqual({ ip: '127.0.0.1' });
    expect(JSON.stringify(all)).not.toContain(apiKey);
    expect(await service.list('/api/dead-letters')).toEqual([]);
  });

  test("stores the events of RudderStack's Node SDK if only its data plane URL is changed", async () => {
    const encodings = encodingsSent();
    const analytics = new RudderAnalytics(apiKey, { dataPlaneUrl: service.url, logLevel: 'error' });
    analytics.identify({ userId: 'u', traits: { plan: 'pro' }, timestamp: when(1) });
    analytics.track({
      anonymousId: 'a',
      event: 'Signed-Up',
      properties: { event: 'x' },
      timestamp: when(2),
    });
    analytics.page({ userId: 'u', name: 'Home', properties: { url: '/' }, timestamp: when(3) });
    analytics.screen({ userId: 'u', name: 'Main', timestamp: when(4) });
    analytics.group({ userId: 'u', groupId: 'g', traits: { seats: 5 }, timestamp: when(5) });
    analytics.alias({ userId: 'u', previousId: 'a', timestamp: when(6) });
    await analytics.flush();
    expect(new Set(encodings)).toEqual(new Set(['gzip']));

    const all = await service.stored(many(6));
    expect(all.map(withoutContext)).toEqual([
      expected('u', 'IDENTIFY', { plan: 'pro' }, 1),
      expected('a', 'SIGNED_UP', { properties: { event: 'x' }, event: 'Signed-Up' }, 2),
      expected('u', 'PAGE', { url: '/', name: 'Home' }, 3),
      expected('u', 'SCREEN', { name: 'Main' }, 4),
      expected('u', 'GROUP', { seats: 5, groupId: 'g' }, 5),
      expected('u', 'ALIAS', { previousId: 'a' }, 6),
    ]);
    expect(all[0]?.metadata['context']).toMatchObject({ library: { name: 'analytics-node' } });
    expect(await service.list('/api/dead-letters')).toEqual([]);
  });

  test('stores the events of the CloudEvents SDK in each mode', async () => {
    const send = async (headers: object, body: unknown): Promise<readonly [number, unknown]> => {
      const response = await fetch(`${service.url}/api/events`, {
        method: 'POST',
        headers: [...percentEncoded(headers), ['x-api-key', apiKey]],
        body: body as string | Uint8Array<ArrayBuffer>,
      });
      return [response.status, await response.json()];
    };
    const strange = 'Grüße "an" \\alle\\ 100% %41 😀';
    const attributes = {
      source: 'https://example.com/a%20b?c=d',
      type: 'com.example.größe 100%',
      subject: strange,
      ext: strange,
    };
    const event = (second: number, data: unknown, datacontenttype: string) =>
      new CloudEvent({
        ...attributes,
        id: `${strange} ${second}`,
        time: when(second).toISOString(),
        data,
        datacontenttype,
      });
    const object = { note: strange, list: [1, null, { a: 'ü' }] };
    const ofObject = (second: number) => event(second, object, 'application/json');
    const ofBytes = (second: number) => event(second, Uint8Array.of(0, 255, 128), 'image/png');
    const { subject: _user, ...others } = attributes;

    const single = [
      HTTP.binary(ofObject(1)),
      HTTP.binary(ofBytes(2)),
      HTTP.structured(ofObject(3)),
      HTTP.structured(ofBytes(4)),
    ];
    const ids: unknown[] = [];
    for (const { headers, body } of single) {
      const [status, answer] = await send(headers, body);
      expect(status).toBe(202);
      ids.push((answer as { id: unknown }).id);
    }
    // The first was sent in binary mode before: it is the same event in every mode.
    const batch = [ofObject(1), new CloudEvent({ ...others, id: 'of nobody' }), ofObject(5), ofBytes(6)];
    const type = { 'content-type': 'application/cloudevents-batch+json' };
    const [status, answer] = await send(type, JSON.stringify(batch));
    expect([status, answer]).toEqual([
      202,
      {
        accepted: 3,
        rejected: [{ index: 1, errors: [{ path: '/subject', message: 'is required' }] }],
        ids: [ids[0], null, expect.any(String), expect.any(String)],
      },
    ]);
    ids.push(...(answer as { ids: unknown[] }).ids.slice(2));

    const all = await service.stored(many(6));
    expect(all.map(({ id }) => id)).toEqual(ids);
    const shown = (second: number, data: object, datacontenttype: string) => {
      const cloudevent = { ...others, id: `${strange} ${second}`, specversion: '1.0', datacontenttype };
      return expected(strange, 'COM.EXAMPLE.GRÖSSE_100%', { ...data, cloudevent }, second);
    };
    expect(all.map(withoutContext)).toEqual(
      [1, 3, 5].flatMap((second) => [
        shown(second, object, 'application/json'),
        shown(second + 1, { data_base64: 'AP+A' }, 'image/png'),
      ]),
    );
    expect(await service.deadLettersAfterAll(strange)).toEqual([]);
  });

  test('stores each event once, even if an SDK sends it twice or during a restart', async () => {
    await service.kill();
    const analytics = new SegmentAnalytics({ writeKey: apiKey, host: service.url, flushAt: 50 });
    const failures = failuresOf(analytics);
    const triedInVain = new Promise<void>((resolve) => {
      analytics.on('http_request', ({ headers }) => {
        if ('X-Retry-Count' in headers) resolve();
      });
    });
    const ids = Array.from({ length: 120 }, (_, index) => `m-${index}`);
    const view = { event: 'View', timestamp: when(1) };
    for (const [index, messageId] of ids.entries())
      analytics.track({ ...view, userId: `u-${index % 7}`, messageId });
    const flushed = analytics.closeAndFlush();
    await triedInVain;
    await service.restart();
    await flushed;
    const again = new SegmentAnalytics({ writeKey: apiKey, host: service.url });
    again.track({ ...view, userId: 'u-0', messageId: 'm-0' });
    // This one has the same user, so it is stored after the earlier one.
    again.track({ ...view, userId: 'u-0', messageId: 'the-last' });
    await again.closeAndFlush();
    expect(failures).toEqual([]);
    const wanted = [...ids, 'the-last'].toSorted();
    const all = await service.stored((now) =>
      wanted.every((id) => now.some((activity) => activity.id === id)),
    );
    expect(all.map(({ id }) => id).toSorted()).toEqual(wanted);
    expect(await service.deadLettersAfterAll('u-0')).toEqual([]);
  });
});
