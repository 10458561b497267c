import { ActivityClient, type NewActivity, ProblemError, type Rejection } from '@user-activity/client';
import { describe, type TestContext, test } from 'vitest';
import { apiKey, kindsOfService, type Service, type StartService } from '../deployment/kinds-of-service.ts';

interface Client {
  readonly client: ActivityClient;
  readonly service: Service;
  readonly rejections: readonly Rejection[];
}

/** Starts a service, and makes a client of a project of its own. */
async function open(start: StartService, { onTestFinished }: TestContext): Promise<Client> {
  const service = await start({ onFinished: onTestFinished });
  const rejections: Rejection[] = [];
  const client = new ActivityClient({
    url: service.url,
    apiKey,
    project: 'shop',
    onRejected: (rejection) => rejections.push(rejection),
  });
  onTestFinished(() => client.close({ timeoutMs: 1 }).catch(() => {}));
  return { client, service, rejections };
}

async function collect<Item>(items: AsyncIterable<Item>, count = Number.POSITIVE_INFINITY): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) {
    found.push(item);
    if (found.length === count) break;
  }
  return found;
}

const view = (number: number): NewActivity => ({
  id: `view-${number}`,
  userId: `user-${number % 3}`,
  type: number % 2 === 0 ? 'VIEW' : 'BUY',
  metadata: { number, device: { os: 'ios' } },
  createdAt: new Date(Date.UTC(2026, 9, 24, 12, 0, number)),
});

describe.each(kindsOfService)('%s', (_kind, start) => {
  test.concurrent('activities that are logged in the background are stored once each, and rejections are reported', async (context) => {
    const { expect } = context;
    const { client, rejections } = await open(start, context);
    const ids = Array.from({ length: 1200 }, (_, number) =>
      client.log({ userId: `u-${number % 7}`, type: 'VIEW' }),
    );
    client.log({ id: 'bad', userId: '', type: 'VIEW' });
    await client.flush();
    expect(rejections).toMatchObject([
      { activity: { id: 'bad' }, status: 422, errors: [{ path: '/userId' }] },
    ]);
    await expect.poll(() => client.count()).toBe(ids.length);
    const stored = await collect(client.query({ limit: 500 }));
    expect(stored.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    client.log({ id: 'worse', userId: 'u', type: '' });
    await client.flush();
    expect(rejections.slice(1)).toMatchObject([{ activity: { id: 'worse' }, errors: [{ path: '/type' }] }]);
  });

  test.concurrent('activities wait while the service is down, and are stored once each afterwards', async (context) => {
    const { expect } = context;
    const { client, service } = await open(start, context);
    const ids: string[] = [];
    const logSome = (): void => {
      for (let times = 0; times < 300; times += 1)
        ids.push(client.log({ userId: `u-${times % 7}`, type: 'VIEW' }));
    };
    logSome();
    await client.flush();
    logSome();
    await service.kill();
    logSome();
    const durable = client.logDurably({ id: 'durable', userId: 'u-0', type: 'PAID' }, { wait: 30 });
    await service.restart();
    expect(await durable).toMatchObject({
      id: 'durable',
      status: expect.stringMatching(/stored|duplicate/) as string,
    });
    await client.flush();
    await expect.poll(() => client.count()).toBe(ids.length + 1);
    const stored = await collect(client.query({ limit: 500, type: 'VIEW' }));
    expect(stored.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  test.concurrent('logDurably resolves with the outcome, and rejects if the service refuses the activity', async (context) => {
    const { expect } = context;
    const { client } = await open(start, context);
    const paid = { id: 'paid', userId: 'ann', type: 'PAID', createdAt: '2026-10-24T12:00:00Z' };
    expect(await client.logDurably(paid)).toEqual({ id: 'paid', status: 'accepted' });
    expect(await client.logDurably(paid, { wait: 30 })).toEqual({ id: 'paid', status: 'duplicate' });
    await expect(client.logDurably({ ...paid, type: 'SOLD' }, { wait: 30 })).rejects.toMatchObject({
      name: 'NotStoredError',
      outcome: { id: 'paid', status: 'conflict' },
    });
    expect(await client.logDurably({ userId: 'ann', type: 'PAID' }, { wait: 30 })).toMatchObject({
      status: 'stored',
    });
    const refused: unknown = await client
      .logDurably({ ...paid, userId: '' }, { wait: 30 })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect(refused).toMatchObject({
      status: 422,
      title: 'Unprocessable Entity',
      message: 'The activity breaks a rule.',
      errors: [{ path: '/userId' }],
    });
  });

  test.concurrent('queries find the logged activities', async (context) => {
    const { expect } = context;
    const { client } = await open(start, context);
    for (let number = 0; number < 12; number += 1) client.log(view(number));
    await client.flush();
    await expect.poll(() => client.count()).toBe(12);
    expect(await client.get('view-4')).toMatchObject({
      userId: 'user-1',
      createdAt: '2026-10-24T12:00:04.000Z',
    });
    expect(await client.get('view/?é')).toBeUndefined();
    expect(await client.status('view-4')).toEqual({ id: 'view-4', status: 'stored' });
    const numbers = (
      await collect(client.query({ userId: ['user-0', 'user-1'], type: 'view', order: 'asc', limit: 2 }))
    ).map(({ metadata }) => metadata['number']);
    expect(numbers).toEqual([0, 4, 6, 10]);
    const page = await client.queryPage({ order: 'asc', limit: 5, from: new Date('2026-10-24T12:00:03Z') });
    expect(page.data.map(({ id }) => id)).toEqual(['view-3', 'view-4', 'view-5', 'view-6', 'view-7']);
    const rest = await client.queryPage(
      { order: 'asc', limit: 500, from: new Date('2026-10-24T12:00:03Z') },
      { cursor: page.pagination.nextCursor ?? '' },
    );
    expect(rest).toMatchObject({
      data: [{ id: 'view-8' }, {}, {}, { id: 'view-11' }],
      pagination: { hasMore: false },
    });
    expect(
      await client.count({ userId: 'user-2', metadata: { 'device.os': 'ios', number: [2, 5, 6] } }),
    ).toBe(2);
    expect(await client.stats({ by: 'day', timezone: 'Europe/Berlin', type: 'BUY' })).toEqual({
      by: 'day',
      data: [{ key: '2026-10-24', count: 6 }],
    });
    await expect(client.count({ metadata: { number: 1 } })).rejects.toMatchObject({
      status: 400,
      errors: [{ path: '/metadata.number' }],
    });
  });

  test.concurrent('`feed` and `tail` yield each activity once, and continue from a cursor', async (context) => {
    const { expect } = context;
    const { client, service } = await open(start, context);
    const end = new AbortController();
    const [first] = await collect(client.feed({ from: 'now', follow: false }));
    const [seen, reconnects] = [[] as unknown[], [] as unknown[]];
    const tail = client.tail({
      cursor: first?.cursor ?? '',
      signal: end.signal,
      onReconnect: (reason) => reconnects.push(reason),
    });
    const following = (async () => {
      for await (const { activity } of tail) seen.push(activity.metadata['number']);
    })().catch((error: unknown) => error);
    for (let number = 0; number < 6; number += 1) await client.logDurably(view(number), { wait: 30 });
    await expect.poll(() => seen.length).toBe(6);
    await service.kill();
    await service.restart();
    for (let number = 6; number < 9; number += 1) await client.logDurably(view(number), { wait: 30 });
    await expect.poll(() => seen.length).toBe(9);
    expect(new Set(seen)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
    expect(reconnects.length).toBeGreaterThan(0);
    end.abort();
    const [pages, [page]] = [
      await collect(client.feed({ limit: 4, follow: false, userId: ['user-0', 'user-1', 'user-2'] })),
      await collect(client.feed({ cursor: first?.cursor ?? '', type: 'BUY' }), 1),
    ];
    expect(pages.flatMap(({ activities }) => activities.map(({ id }) => id)).toSorted()).toHaveLength(9);
    expect(page?.activities.every(({ type }) => type === 'BUY')).toBe(true);
    expect(await following).toMatchObject({ name: 'AbortError' });
  });

  test.concurrent('a user is erased, a dead letter is replayed, and keys are made and revoked', async (context) => {
    const { expect } = context;
    const { client, service } = await open(start, context);
    const fact = { id: 'fact', userId: 'ann', type: 'PAID', createdAt: '2026-10-24T12:00:00Z' };
    await client.logDurably(fact, { wait: 30 });
    await expect(client.logDurably({ ...fact, type: 'SOLD' }, { wait: 30 })).rejects.toThrow('conflict');
    // The dead letter is added a moment after the outcome.
    const conflicts = () => collect(client.deadLetters({ code: 'conflict', limit: 1 }));
    await expect.poll(conflicts).toMatchObject([{ code: 'conflict', activityId: 'fact' }]);
    const [letter] = await conflicts();
    expect(await client.replayDeadLetters({ ids: [letter?.id ?? ''] })).toEqual({ replayed: 1 });
    const { id } = await client.eraseUser('ann');
    await expect.poll(() => client.erasure(id)).toMatchObject({ id, status: expect.any(String) as string });
    expect(await client.erasure('nothing')).toBeUndefined();

    const { secret, id: key } = await client.keys.create({ name: 'writer', scopes: ['write'] });
    const writer = new ActivityClient({ url: service.url, apiKey: secret });
    await expect
      .poll(() => writer.logDurably({ userId: 'bob', type: 'VIEW' }))
      .toMatchObject({ status: 'accepted' });
    await expect(writer.count()).rejects.toMatchObject({ status: 403, title: 'Forbidden' });
    const rotated = await client.keys.rotate(key, { overlapSeconds: 0 });
    expect(rotated).toMatchObject({ id: key, scopes: ['write'] });
    await client.keys.revoke(key);
    expect(await client.keys.list()).toMatchObject([{ id: key, state: 'revoked' }]);
    await expect(client.keys.revoke('0000000000000000')).rejects.toMatchObject({ status: 404 });
  });
});
