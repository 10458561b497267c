import { MemoryDeadLetterQueue, MemoryDeadLetterRepository } from '@user-activity/adapter-memory';
import { DeadLetterId, DomainError, Timestamp, Violations } from '@user-activity/domain';
import { letterOf } from '@user-activity/port-contracts';
import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { post, type Service, seen, service } from './service.ts';

const path = '/api/dead-letters';
const replayPath = `${path}/replay`;
const utf8 = new TextEncoder();

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly pagination: { readonly nextCursor: string | null; readonly hasMore: boolean };
}

/** A service with `count` dead letters, whose times are a second apart. Every third one is a conflict. */
async function withLetters(count: number, options: Parameters<typeof service>[0] = {}): Promise<Service> {
  const it = await service(options);
  const start = Date.parse('2026-01-01T00:00:00Z');
  const letters = Array.from({ length: count }, (_, offset) =>
    letterOf(offset, {
      // At another position than what the test logs, as if it had been logged before.
      origin: { topic: 'user-activity', partition: 4, offset },
      code: offset % 3 === 0 ? 'conflict' : 'unreadable',
      diedAt: Timestamp.fromMillis(start + offset * 1000),
    }),
  );
  await new MemoryDeadLetterQueue(it.store).add(letters);
  return it;
}

const offsetsOf = ({ data }: Page): string[] => data.map(({ id }) => id.replace('user-activity:4:', ''));
const page = async ({ app }: Service, query: string): Promise<Page> =>
  (await app.inject(`${path}?${query}`)).json<Page>();
const left = ({ store }: Service): number[] => [...store.letters.values()].map(({ origin }) => origin.offset);

describe('GET /api/dead-letters', () => {
  test('shows the record, the reason, and its bytes as text or in base64', async () => {
    const it = await service();
    const strange = letterOf(7, {
      key: Uint8Array.of(0xff),
      value: null,
      headers: { ce_type: ['order.placed.v1', '\tGrüße\n', 'a\0'].map((text) => utf8.encode(text)) },
      code: 'refused',
    });
    const large = letterOf(8, { value: new Uint8Array(80_000), diedAt: Timestamp.fromMillis(0) });
    await new MemoryDeadLetterQueue(it.store).add([strange, large]);
    expect(seen(await it.app.inject(path))).toEqual({
      status: 200,
      body: {
        data: [
          {
            id: 'user-activity:0:7',
            origin: { topic: 'user-activity', partition: 0, offset: 7 },
            code: 'refused',
            reason: '/userId is required',
            diedAt: '2026-01-02T03:04:05.678Z',
            key: { base64: '/w==' },
            value: null,
            size: 0,
            headers: { ce_type: [{ text: 'order.placed.v1' }, { text: '\tGrüße\n' }, { base64: 'YQA=' }] },
            omitted: [],
          },
          {
            id: 'user-activity:0:8',
            origin: { topic: 'user-activity', partition: 0, offset: 8 },
            code: 'unreadable',
            reason: '/userId is required',
            diedAt: '1970-01-01T00:00:00.000Z',
            key: { text: 'user-1' },
            value: null,
            size: 80_000,
            headers: {},
            omitted: ['value'],
          },
        ],
        pagination: { limit: 50, nextCursor: null, hasMore: false },
      },
    });
  });

  test('filters by codes and by time', async () => {
    const it = await withLetters(6);
    expect(offsetsOf(await page(it, 'code=conflict'))).toEqual(['3', '0']);
    expect(offsetsOf(await page(it, 'code=conflict&code=unreadable&order=asc&limit=2'))).toEqual(['0', '1']);
    const range = 'from=2026-01-01T00:00:01Z&to=2026-01-01T00:00:04Z';
    expect(offsetsOf(await page(it, range))).toEqual(['3', '2', '1']);
    expect(offsetsOf(await page(it, `${range}&code=refused`))).toEqual([]);
  });

  test.each(['asc', 'desc'])('walks %s from page to page by its link', async (order) => {
    const it = await withLetters(7);
    const walked: string[] = [];
    for (
      let url: string | undefined = `${path}?code=unreadable&code=conflict&order=${order}&limit=3`;
      url;
    ) {
      const response: LightMyRequestResponse = await it.app.inject(url);
      walked.push(...offsetsOf(response.json<Page>()));
      [, url] = /^<(.+)>; rel="next"$/.exec(String(response.headers['link'])) ?? [];
    }
    const expected = ['0', '1', '2', '3', '4', '5', '6'];
    expect(walked).toEqual(order === 'asc' ? expected : expected.toReversed());
  });

  test('a cursor belongs to its filter, its order and this list', async () => {
    const it = await withLetters(3);
    const { nextCursor } = (await page(it, 'limit=1')).pagination;
    for (const url of [
      `${path}?code=conflict&cursor=${nextCursor}`,
      `${path}?order=asc&cursor=${nextCursor}`,
      `/api/logs?cursor=${nextCursor}`,
    ])
      expect(seen(await it.app.inject(url))).toMatchObject({
        status: 400,
        body: { errors: [{ path: '/cursor' }] },
      });
  });

  test.each([
    ['code=poison', ['/code']],
    ['userId=1&limit=0&cursor=a&cursor=b', ['/userId', '/limit', '/cursor']],
    ['cursor=abc', ['/cursor']],
  ])('%s is 400 with every violation', async (query, paths) => {
    const response = await (await service()).app.inject(`${path}?${query}`);
    expect(response.statusCode).toBe(400);
    expect(response.json<{ errors: { path: string }[] }>().errors.map((each) => each.path)).toEqual(paths);
  });

  test('is 503 with Retry-After while the store is unavailable', async () => {
    const it = await service();
    it.store.reachable = false;
    const response = await it.app.inject(path);
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
  });
});

describe('POST /api/dead-letters/replay', () => {
  test('with "all" replays all', async () => {
    const it = await withLetters(4);
    expect(seen(await post(it.app, replayPath, { all: true }))).toEqual({
      status: 202,
      body: { replayed: 4 },
    });
    expect(left(it)).toEqual([]);
    expect(it.logged().map(({ replayOf }) => replayOf?.offset)).toEqual([0, 1, 2, 3]);
  });

  test.each([
    ['no body', undefined, {}],
    ['an empty body', '', {}],
    ['an empty body of JSON', '', { 'content-type': 'application/json' }],
  ])('with %s is 400 and replays nothing', async (_, payload, headers) => {
    const it = await withLetters(4);
    const response = await it.app.inject({
      method: 'POST',
      url: replayPath,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    expect(response.statusCode).toBe(400);
    expect(response.json<{ detail: string }>().detail).toContain('A JSON body is required');
    expect(left(it)).toEqual([0, 1, 2, 3]);
    expect(it.logged()).toEqual([]);
  });

  test('during another replay, it is 409 with Retry-After, and afterwards it works again', async () => {
    const it = await withLetters(1);
    const claim = {
      from: Timestamp.fromMillis(it.clock.now()),
      until: Timestamp.fromMillis(it.clock.now() + 1000),
    };
    const elsewhere = new MemoryDeadLetterRepository(it.store);
    expect(await elsewhere.claimReplay(claim)).toBe('claimed');
    const refused = await post(it.app, replayPath, { all: true });
    expect(refused.statusCode).toBe(409);
    expect(refused.headers['retry-after']).toBe('5');
    expect(refused.json()).toMatchObject({
      status: 409,
      detail: 'Another replay is in progress. Nothing was replayed; send the request again later.',
    });
    expect(left(it)).toEqual([0]);
    await elsewhere.releaseReplay(claim);
    expect((await post(it.app, replayPath, { all: true })).statusCode).toBe(202);
    expect((await post(it.app, replayPath, { all: true })).statusCode).toBe(202);
  });

  test('with ids replays these, and the same request again replays nothing', async () => {
    const it = await withLetters(4);
    const body = { ids: ['user-activity:4:2', 'user-activity:4:0', 'user-activity:5:0'] };
    expect(seen(await post(it.app, replayPath, body))).toEqual({ status: 202, body: { replayed: 2 } });
    expect(seen(await post(it.app, replayPath, body))).toEqual({ status: 202, body: { replayed: 0 } });
    expect(left(it)).toEqual([1, 3]);
    expect(it.logged()).toHaveLength(2);
  });

  test('returns how many dead letters are too large for the log', async () => {
    const it = await service({
      useCases: { replayDeadLetters: async () => ({ replayed: 1, tooLarge: 2, more: true }) },
    });
    expect(seen(await post(it.app, replayPath, { all: true }))).toEqual({
      status: 202,
      body: { replayed: 1, tooLarge: 2, more: true },
    });
  });

  test.each([
    [null, ['']],
    [[], ['']],
    ['all', ['']],
    [{ ids: null }, ['/ids']],
    [{}, ['']],
    [{ all: false }, ['/all']],
    [{ all: 'true' }, ['/all']],
    [{ all: null }, ['/all']],
    [{ all: true, ids: ['user-activity:4:1'] }, ['/all']],
    [{ all: true, every: 1 }, ['/every']],
    [{ ids: 'user-activity:4:1' }, ['/ids']],
    [{ ids: [] }, ['/ids']],
    [{ id: ['user-activity:4:1'] }, ['/id', '']],
    [{ ids: ['user-activity:4:1', 7, 'x'], all: true }, ['/ids/1', '/ids/2', '/all']],
  ])('%j is 422 with every violation, and replays nothing', async (body, paths) => {
    const it = await withLetters(2);
    const response = await post(it.app, replayPath, body);
    expect(response.statusCode).toBe(422);
    expect(response.json<{ errors: { path: string }[] }>().errors.map((each) => each.path)).toEqual(paths);
    expect(left(it)).toEqual([0, 1]);
  });

  test.each([
    Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`unknown-${index}`, 1])),
    { ids: Array.from({ length: 1000 }, () => 'x') },
  ])('a replay with thousands of faults is checked only until the list of faults is full', async (body) => {
    const it = await withLetters(2, { maxBatchSize: 1000 });
    const judged = vi.spyOn(Violations.prototype, 'add');
    onTestFinished(() => judged.mockRestore());
    const response = await post(it.app, replayPath, body);
    expect(response.json<{ errors: unknown[] }>().errors).toHaveLength(33);
    expect(judged.mock.calls.length).toBeLessThan(40);
  });

  test('more ids than a batch may have are 413, and a body that is not JSON is 400', async () => {
    const it = await withLetters(1, { maxBatchSize: 2 });
    const ids = [0, 1, 2].map((offset) => DeadLetterId.of({ topic: 'user-activity', partition: 4, offset }));
    expect((await post(it.app, replayPath, { ids })).statusCode).toBe(413);
    const broken = await it.app.inject({
      method: 'POST',
      url: replayPath,
      headers: { 'content-type': 'application/json' },
      payload: '{"ids":',
    });
    expect(broken.statusCode).toBe(400);
    expect(left(it)).toEqual([0]);
  });

  test.each(['LOG_UNAVAILABLE', 'LOG_BUSY', 'STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const)(
    '%s is 503 with Retry-After',
    async (code) => {
      const failing = () => Promise.reject(new DomainError(code, 'No answer.'));
      const it = await service({ useCases: { replayDeadLetters: failing } });
      const response = await post(it.app, replayPath, { all: true });
      expect(response.statusCode).toBe(503);
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    },
  );

  test('refuses parameters and other methods, and needs a key', async () => {
    const it = await withLetters(1, { apiKeys: ['key'] });
    const key = { 'x-api-key': 'key' };
    expect((await post(it.app, `${replayPath}?code=conflict`, { all: true }, key)).statusCode).toBe(400);
    expect((await post(it.app, replayPath, { all: true })).statusCode).toBe(401);
    expect((await it.app.inject(path)).statusCode).toBe(401);
    const other = await it.app.inject({ method: 'GET', url: replayPath, headers: key });
    expect(other.statusCode).toBe(405);
    expect(other.headers['allow']).toBe('POST');
    expect(left(it)).toEqual([0]);
    expect(it.lines.join('')).not.toContain('user-1');
  });
});
