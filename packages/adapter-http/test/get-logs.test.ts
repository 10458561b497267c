import type { LightMyRequestResponse } from 'fastify';
import { DomainError } from '@user-activity/domain';
import { sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { type Service, seen, service } from './service.ts';

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly pagination: {
    readonly limit: number;
    readonly nextCursor: string | null;
    readonly hasMore: boolean;
  };
}

const page = async ({ app }: Service, url: string): Promise<Page> => (await app.inject(url)).json<Page>();
const ids = ({ data }: Page): string[] => data.map(({ id }) => id);

describe('GET /api/logs', () => {
  test('returns the newest activities first', async () => {
    const it = await service();
    await it.repository.save([
      sampleActivity({
        id: 'a',
        userId: '123',
        metadata: { ip: '127.0.0.1' },
        createdAt: '2026-01-01T00:00:00Z',
      }),
    ]);
    const response = await it.app.inject('/api/logs');
    expect(seen(response)).toEqual({
      status: 200,
      body: {
        data: [
          {
            id: 'a',
            userId: '123',
            type: 'LOGIN',
            metadata: { ip: '127.0.0.1' },
            createdAt: '2026-01-01T00:00:00.000Z',
            receivedAt: '2026-01-02T03:04:05.678Z',
          },
        ],
        pagination: { limit: 50, nextCursor: null, hasMore: false },
      },
    });
    expect(response.headers['link']).toBeUndefined();
  });

  test('filters by time, users and types, and types may have another spelling', async () => {
    const it = await service();
    await it.repository.save([
      sampleActivity({ id: 'a', userId: 'ann', type: 'LOG_IN', createdAt: '2026-01-01T00:00:00Z' }),
      sampleActivity({ id: 'b', userId: 'bob lee', type: 'LOGOUT', createdAt: '2026-01-02T00:00:00Z' }),
      sampleActivity({ id: 'c', userId: 'ann+1', type: 'LOG_IN', createdAt: '2026-01-03T00:00:00Z' }),
    ]);
    expect(ids(await page(it, '/api/logs?userId=ann&userId=bob+lee'))).toEqual(['b', 'a']);
    expect(ids(await page(it, '/api/logs?userId=bob%20lee'))).toEqual(['b']);
    expect(ids(await page(it, '/api/logs?userId=ann%2B1'))).toEqual(['c']);
    expect(ids(await page(it, '/api/logs?type=log%20in'))).toEqual(['c', 'a']);
    expect(ids(await page(it, '/api/logs?type=log-in&userId=ann'))).toEqual(['a']);
    const range = 'from=2026-01-01T00:00:00Z&to=2026-01-03T01:00:00%2B01:00';
    expect(ids(await page(it, `/api/logs?${range}&order=asc`))).toEqual(['a', 'b']);
  });

  test.each(['asc', 'desc'])('walks %s from page to page by cursor and by link', async (order) => {
    const it = await service();
    const activities = sampleActivities(7);
    await it.repository.save(activities);
    const expected = activities.map(({ id }) => id as string);
    if (order === 'desc') expected.reverse();
    for (const follow of ['cursor', 'link']) {
      const walked: string[] = [];
      let url: string | undefined = `/api/logs?userId=user-1&type=login&order=${order}&limit=3`;
      let limit = 3;
      while (url !== undefined) {
        const response: LightMyRequestResponse = await it.app.inject(url);
        const { data, pagination } = response.json<Page>();
        walked.push(...data.map(({ id }) => id));
        expect(pagination.hasMore).toBe(pagination.nextCursor !== null);
        // The limit may change between pages, and so may the order and the spelling of the filter parameters.
        limit = 2;
        const next = `/api/logs?type=LOGIN&userId=user-1&limit=${limit}&order=${order}&cursor=${pagination.nextCursor}`;
        const [, link]: readonly string[] =
          /^<(.+)>; rel="next"$/.exec(String(response.headers['link'])) ?? [];
        if (pagination.nextCursor === null) url = undefined;
        else url = follow === 'link' ? link : next;
      }
      expect(walked).toEqual(expected);
    }
  });

  test.each([
    ['limit=0', '/limit'],
    ['limit=501', '/limit'],
    ['limit=1&limit=2', '/limit'],
    ['limit', '/limit'],
    ['order=up', '/order'],
    ['from=yesterday', '/from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/to'],
    ['offset=10', '/offset'],
    ['page=2', '/page'],
    ['__proto__=x', '/__proto__'],
    ['a%2Fb=x', '/a~1b'],
    ['userId=%00', '/userId'],
    ['cursor=', '/cursor'],
    ['cursor=abc', '/cursor'],
    ['cursor=bnVsbA', '/cursor'],
    [`cursor=${Buffer.from('[2,0,"a","x"]').toString('base64url')}`, '/cursor'],
    [`cursor=${Buffer.from('[1,1e300,"a","x"]').toString('base64url')}`, '/cursor'],
    [`cursor=${Buffer.from(`[1,0,"a","${'x'.repeat(1000)}"]`).toString('base64url')}`, '/cursor'],
    ['cursor=a&cursor=b', '/cursor'],
  ])('%s is 400 at %s', async (query, path) => {
    const it = await service();
    const response = await it.app.inject(`/api/logs?${query}`);
    expect(seen(response)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  test('lists all faults of a query at once', async () => {
    const it = await service();
    const { errors } = (await it.app.inject('/api/logs?limit=0&order=up&page=2&cursor=a&cursor=b')).json<{
      errors: { path: string }[];
    }>();
    expect(errors.map(({ path }) => path)).toEqual(['/page', '/order', '/limit', '/cursor']);
  });

  test.each(['userId=%', 'userId=%zz', '%ff=1', 'userId=%ff'])(
    '%s is not correctly encoded: 400',
    async (query) => {
      const it = await service();
      expect((await it.app.inject(`/api/logs?${query}`)).statusCode).toBe(400);
    },
  );

  test('a cursor belongs to its filter and its order', async () => {
    const it = await service();
    await it.repository.save(sampleActivities(3));
    const { nextCursor } = (await page(it, '/api/logs?userId=user-1&limit=1')).pagination;
    for (const query of ['userId=user-2', 'userId=user-1&order=asc', 'userId=user-1&type=LOGIN', 'limit=1']) {
      expect(seen(await it.app.inject(`/api/logs?${query}&cursor=${nextCursor}`))).toMatchObject({
        status: 400,
        body: {
          errors: [
            {
              path: '/cursor',
              message:
                'belongs to another filter, order or project: repeat the query and the X-Project of the previous page, or leave the cursor out',
            },
          ],
        },
      });
    }
  });

  test.each(['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const)('%s is 503 with Retry-After', async (code) => {
    const it = await service({
      useCases: { findActivities: () => Promise.reject(new DomainError(code, 'No answer.')) },
    });
    const response = await it.app.inject('/api/logs');
    expect(seen(response)).toMatchObject({ status: 503, body: { detail: 'No answer.' } });
    expect(response.headers['retry-after']).toBe('5');
  });
});

describe('GET /api/logs/{id}', () => {
  test('returns the activity with any valid id', async () => {
    const it = await service();
    for (const id of ['a', 'a/b?c#%', '__proto__', '..a', 'x'.repeat(128), '%'.repeat(128)]) {
      await it.repository.save([sampleActivity({ id })]);
      const response = await it.app.inject(`/api/logs/${encodeURIComponent(id)}`);
      expect(seen(response)).toMatchObject({ status: 200, body: { id } });
    }
  });

  test('cannot return an activity whose id is a reserved word, but lists show it', async () => {
    const it = await service();
    await it.repository.save([sampleActivity({ id: 'count' }), sampleActivity({ id: 'feed' })]);
    expect((await it.app.inject('/api/logs/count')).json()).toEqual({ count: 2 });
    expect((await page(it, '/api/logs?order=asc')).data.map(({ id }) => id)).toEqual(['count', 'feed']);
  });

  test.each(['unknown', 'a%20b', '...', 'batches', 'x'.repeat(129), 'x'.repeat(5000), 'a/b'])(
    '%.20s is 404',
    async (path) => {
      const it = await service();
      const response = await it.app.inject(`/api/logs/${path}`);
      expect(seen(response)).toMatchObject({ status: 404, body: { title: 'Not Found', errors: [] } });
    },
  );
});
