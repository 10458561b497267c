import { gzipSync } from 'node:zlib';
import { MemoryMetrics } from '@user-activity/adapter-memory';
import { type ActivityPage, FeedPosition } from '@user-activity/domain';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loggings, others, readings, type Sent } from '../routes-of-projects.ts';
import { logId, post, type Service, service } from '../service.ts';
import { asRoot, makeKey, rootKey } from './key-requests.ts';
import { limitedKey, limitProject, limitsSeen } from './limited.ts';

const send = ({ app }: Service, { headers, ...sent }: Sent, more: Record<string, string>) =>
  app.inject({ ...sent, headers: { ...headers, ...more } });

const inShop = asRoot({ 'x-project': 'shop' });

/** The requests of all routes that log, and one with NDJSON. Each logs one activity. */
const ways: Readonly<Record<string, Sent>> = {
  ...loggings,
  NDJSON: {
    method: 'POST',
    url: '/api/logs/batch',
    headers: { 'content-type': 'application/x-ndjson' },
    payload: '{"id":"a","userId":"ann","type":"LOGIN"}\n',
  },
};

describe.each(Object.entries(ways))('%s', (_, sent) => {
  test('counts its item, and is refused as a whole when the limit is reached', async () => {
    const { it, withKey } = await limitedKey({ itemsPerSecond: 1 });
    for (const left of [4, 3, 2, 1, 0]) {
      const accepted = limitsSeen(await send(it, sent, withKey));
      expect(accepted).toMatchObject({ limit: `"key-itemsPerSecond";r=${left};t=1` });
      expect(accepted.status).toBeLessThan(300);
    }
    const before = it.logged().length;
    expect(limitsSeen(await send(it, sent, withKey))).toMatchObject({ status: 429, retryAfter: '1' });
    expect(it.logged()).toHaveLength(before);
  });

  test('counts the decoded bytes of its body', async () => {
    const { it, withKey } = await limitedKey({ bytesPerSecond: 1000 });
    const bytes = Buffer.byteLength(sent.payload ?? '');
    expect(limitsSeen(await send(it, sent, withKey)).limit).toBe(
      `"key-bytesPerSecond";r=${5000 - bytes};t=1`,
    );
    const payload = gzipSync(sent.payload ?? '');
    const headers = { ...sent.headers, ...withKey, 'content-encoding': 'gzip' };
    expect(limitsSeen(await it.app.inject({ ...sent, headers, payload })).limit).toBe(
      // The compressed form of a short body may be longer than the body. Bytes that were counted but not read are subtracted again.
      `"key-bytesPerSecond";r=${5000 - 2 * bytes};t=1`,
    );
  });

  test('with a limit of 1 byte, one request passes, and the next only after the time for its bytes', async () => {
    const { it, withKey } = await limitedKey({ bytesPerSecond: 1 });
    const bytes = Buffer.byteLength(sent.payload ?? '');
    const refused = {
      status: 429,
      retryAfter: `${bytes - 4}`,
      limit: `"key-bytesPerSecond";r=0;t=${bytes - 4}`,
    };
    expect((await send(it, sent, withKey)).statusCode).toBeLessThan(300);
    expect(limitsSeen(await send(it, sent, withKey))).toEqual(refused);
    it.keyClock.nowMs += (bytes - 4) * 1000;
    expect((await send(it, sent, withKey)).statusCode).toBeLessThan(300);
  });

  test('without limits, the response has no rate limit headers', async () => {
    const { it, withKey } = await limitedKey({ searchMsPerSecond: 1 });
    await limitProject(it, 'shop', { answerBytesPerSecond: 1 });
    const { headers } = await send(it, sent, withKey);
    expect(headers).not.toHaveProperty('ratelimit');
    expect(headers).not.toHaveProperty('ratelimit-policy');
  });
});

const item = '{"userId":"ann","type":"LOGIN"}';
const broken = (url: string, type: string, payload: string): Sent => ({
  method: 'POST',
  url,
  headers: { 'content-type': type },
  payload,
});

const brokenBatches: Readonly<Record<string, Sent>> = {
  activities: broken('/api/logs/batch', 'application/json', `[${item},${item},]`),
  events: broken('/api/events', 'application/cloudevents-batch+json', `[${item},${item},]`),
  calls: broken('/v1/batch', 'application/json', `{"batch":[${item},${item},]}`),
};

test.each(Object.entries(brokenBatches))('a batch of %s counts its items before a fault', async (_, sent) => {
  const { it, withKey } = await limitedKey({ itemsPerSecond: 1 });
  const answer = await send(it, sent, withKey);
  expect(limitsSeen(answer)).toMatchObject({ status: 400, limit: '"key-itemsPerSecond";r=3;t=1' });
});

const position = FeedPosition.start(logId);
const emptyPage = { activities: [], start: position, position, hasMore: false };

async function* onePage({ activities }: ActivityPage): AsyncGenerator<ActivityPage['activities']> {
  yield activities;
}

/** A service whose queries take 300 ms of the monotonic clock. */
async function slowService(limits: Record<string, number>) {
  const slow =
    <Result>(result: Result) =>
    async (): Promise<Result> => {
      it.keyClock.nowMs += 300;
      return result;
    };
  const it: Service = await service({
    apiKeys: [rootKey],
    useCases: {
      findActivity: slow(undefined),
      findActivities: slow({ activities: [], hasMore: false }),
      countActivities: slow(0),
      activityStats: slow([]),
      exportActivities: async (_, { run }) => onePage(await run(slow({ activities: [], hasMore: false }))),
      findStatus: slow('unknown'),
      readFeed: (_, { run }) => run(slow(emptyPage)),
      findDeadLetters: slow({ letters: [], hasMore: false }),
      replayDeadLetters: slow({ replayed: 0, tooLarge: 0, more: false }),
    },
  });
  const key = await makeKey(it, { scopes: ['read', 'dead-letters'], project: 'shop', limits });
  return { it, withKey: { 'x-api-key': key.secret } };
}

describe.each(Object.entries(readings))('%s', (_, sent) => {
  test('counts the time of its query, and is refused until the limit allows more', async () => {
    const { it, withKey } = await slowService({ searchMsPerSecond: 10 });
    const first = limitsSeen(await send(it, sent, withKey));
    // The limit allowed 3 ms more during the 300 ms, but none was added: the bucket was full when the query began.
    expect(first).toMatchObject({ limit: '"key-searchMsPerSecond";r=0;t=25', retryAfter: undefined });
    expect(first.status).not.toBe(429);
    expect(limitsSeen(await send(it, sent, withKey))).toMatchObject({ status: 429, retryAfter: '25' });
    it.keyClock.nowMs += 25_000;
    expect((await send(it, sent, withKey)).statusCode).not.toBe(429);
  });

  test('counts the bytes of its response', async () => {
    const { it, withKey } = await limitedKey({ answerBytesPerSecond: 1 });
    const { rawPayload, ...first } = await send(it, sent, withKey);
    expect(first.statusCode).not.toBe(429);
    const seconds = `${rawPayload.length - 4}`;
    // The responses to refused requests are not counted.
    for (const status of [429, 429])
      expect(limitsSeen(await send(it, sent, withKey))).toMatchObject({ status, retryAfter: seconds });
  });

  test('is not refused because of what was logged', async () => {
    const { it, withKey } = await limitedKey({ itemsPerSecond: 1, bytesPerSecond: 1 });
    const draft = { userId: 'ann', type: 'LOGIN' };
    await post(it.app, '/api/logs', draft, withKey);
    expect((await post(it.app, '/api/logs', draft, withKey)).statusCode).toBe(429);
    expect((await send(it, sent, withKey)).statusCode).not.toBe(429);
  });
});

test('HEAD counts no bytes, because its response has no body', async () => {
  const { it, withKey } = await limitedKey({ answerBytesPerSecond: 10 });
  const response = await send(it, { method: 'HEAD', url: '/api/logs' }, withKey);
  expect(limitsSeen(response)).toMatchObject({ status: 200, limit: '"key-answerBytesPerSecond";r=50;t=1' });
});

test('routes that manage keys and projects, /metrics and the handshake of web hooks have no limits', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const all = { itemsPerSecond: 1, bytesPerSecond: 1, answerBytesPerSecond: 1, searchMsPerSecond: 1 };
  for (const project of ['shop', 'default']) await limitProject(it, project, all);
  const { secret } = await makeKey(it, { scopes: ['admin'], project: '*', limits: all });
  const withKey = { 'x-api-key': secret, 'x-project': 'shop' };
  await post(
    it.app,
    '/api/logs/batch',
    Array.from({ length: 100 }, () => ({ userId: 'a', type: 'b' })),
    withKey,
  );
  await it.app.inject({ url: '/api/logs', headers: withKey });
  expect((await post(it.app, '/api/logs', {}, withKey)).statusCode).toBe(429);
  expect((await it.app.inject({ url: '/api/logs', headers: withKey })).statusCode).toBe(429);
  const unlimited: Readonly<Record<string, Sent>> = {
    ...others,
    metrics: { method: 'GET', url: '/metrics' },
  };
  for (const [route, sent] of Object.entries(unlimited)) {
    const { status, retryAfter, limit } = limitsSeen(await send(it, sent, withKey));
    expect([route, status === 429, retryAfter, limit]).toEqual([route, false, undefined, undefined]);
  }
});

describe('a batch', () => {
  const drafts = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `a${index}`, userId: 'ann', type: 'LOGIN' }));

  test('of 10,000 items passes with a limit of 1, and the next item only after the time for these items', async () => {
    const { it, withKey } = await limitedKey(
      { itemsPerSecond: 1 },
      { maxBatchSize: 10_000, maxBodyBytes: 10_000_000 },
    );
    const accepted = await post(it.app, '/api/logs/batch', drafts(10_000), withKey);
    expect(limitsSeen(accepted)).toMatchObject({ status: 202, limit: '"key-itemsPerSecond";r=0;t=9996' });
    const next = await post(it.app, '/api/logs', drafts(1)[0], withKey);
    expect(limitsSeen(next)).toMatchObject({ status: 429, retryAfter: '9996' });
    it.keyClock.nowMs += 9_996_000;
    expect((await post(it.app, '/api/logs', drafts(1)[0], withKey)).statusCode).toBe(202);
  });

  test('also counts items that break a rule', async () => {
    const { it, withKey } = await limitedKey({ itemsPerSecond: 100 });
    for (const [body, left] of [
      [[{}, ...drafts(2)], 497],
      [[{}], 496],
    ] as const)
      expect(limitsSeen(await post(it.app, '/api/logs/batch', body, withKey)).limit).toBe(
        `"key-itemsPerSecond";r=${left};t=1`,
      );
  });

  test('is refused as a whole, and counts nothing, if another request reaches the limit first', async () => {
    const it = await service({ apiKeys: [rootKey], maxBatchSize: 1000 });
    await limitProject(it, 'shop', { itemsPerSecond: 100 });
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const { statusCode } = await post(it.app, '/api/logs/batch', drafts(600), inShop);
        return statusCode;
      }),
    );
    expect(statuses.toSorted((left, right) => left - right)).toEqual([202, 429, 429, 429, 429]);
    expect(it.logged()).toHaveLength(600);
    const { headers } = await post(it.app, '/api/logs', {}, inShop);
    expect(headers['retry-after']).toBe('2');
  });
});

test('the limits of a key in the body apply once the key is read', async () => {
  const { it, key } = await limitedKey({ itemsPerSecond: 1, bytesPerSecond: 1000 });
  const call = { writeKey: key.secret, userId: 'ann', event: 'x' };
  const bytes = JSON.stringify(call).length;
  expect(limitsSeen(await post(it.app, '/v1/track', call)).limit).toBe(
    `"key-itemsPerSecond";r=4;t=1, "key-bytesPerSecond";r=${5000 - bytes};t=1`,
  );
  for (let index = 0; index < 4; index += 1) await post(it.app, '/v1/track', call);
  expect((await post(it.app, '/v1/track', call)).statusCode).toBe(429);
  expect((await post(it.app, '/v1/track', { ...call, writeKey: rootKey })).statusCode).toBe(200);
});

test('the metric of refusals has the limit and the kind of its owner, but no name of a key or project', async () => {
  const metrics = new MemoryMetrics();
  onTestFinished(() => metrics.stop());
  const { it, withKey } = await limitedKey({ itemsPerSecond: 1 });
  await limitProject(it, 'shop', { bytesPerSecond: 1 });
  for (let index = 0; index < 3; index += 1)
    await post(it.app, '/api/logs', { userId: 'ann', type: 'LOGIN' }, withKey);
  await limitProject(it, 'shop', null);
  for (let index = 0; index < 5; index += 1)
    await post(it.app, '/api/logs', { userId: 'ann', type: 'LOGIN' }, withKey);
  const counts = await metrics.read('user_activity.http.limited');
  expect(counts).toHaveLength(8);
  expect(counts.filter(({ value }) => value > 0).map(({ attributes, value }) => [attributes, value])).toEqual(
    [
      [{ 'user_activity.owner': 'key', 'user_activity.limit': 'itemsPerSecond' }, 1],
      [{ 'user_activity.owner': 'project', 'user_activity.limit': 'bytesPerSecond' }, 2],
    ],
  );
});
