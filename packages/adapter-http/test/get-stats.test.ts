import { DomainError } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { seen, service } from './service.ts';

async function withThree() {
  const it = await service();
  const [ios, android] = [{ device: { os: 'ios' } }, { device: { os: 'android' } }];
  await it.repository.save([
    sampleActivity({ userId: 'ann', type: 'LOGIN', metadata: ios, createdAt: '2026-10-25T00:30:00Z' }),
    sampleActivity({ userId: 'bob', type: 'LOGIN', metadata: android, createdAt: '2026-10-25T01:30:00Z' }),
    sampleActivity({ userId: 'ann', type: 'LOGOUT', createdAt: '2026-10-25T23:30:00Z' }),
  ]);
  return it;
}

describe('GET /api/logs/stats', () => {
  test.each<[string, object]>([
    [
      'by=type',
      {
        by: 'type',
        data: [
          { key: 'LOGIN', count: 2 },
          { key: 'LOGOUT', count: 1 },
        ],
      },
    ],
    [
      'by=userId&type=login',
      {
        by: 'userId',
        data: [
          { key: 'ann', count: 1 },
          { key: 'bob', count: 1 },
        ],
      },
    ],
    [
      'by=type&userId=ann&userId=bob&to=2026-10-25T01:30:00Z',
      { by: 'type', data: [{ key: 'LOGIN', count: 1 }] },
    ],
    ['by=day', { by: 'day', data: [{ key: '2026-10-25', count: 3 }] }],
    [
      'by=day&timezone=europe/berlin',
      {
        by: 'day',
        data: [
          { key: '2026-10-25', count: 2 },
          { key: '2026-10-26', count: 1 },
        ],
      },
    ],
    [
      'by=hour&timezone=Europe%2FBerlin&to=2026-10-25T12:00:00Z',
      {
        by: 'hour',
        data: [
          { key: '2026-10-25T02:00:00+02:00', count: 1 },
          { key: '2026-10-25T02:00:00+01:00', count: 1 },
        ],
      },
    ],
    [
      'by=minute&from=2026-10-25T23:00:00Z',
      { by: 'minute', data: [{ key: '2026-10-25T23:30:00Z', count: 1 }] },
    ],
    ['by=week', { by: 'week', data: [{ key: '2026-10-19', count: 3 }] }],
    [
      'by=week&timezone=Europe/Berlin',
      {
        by: 'week',
        data: [
          { key: '2026-10-19', count: 2 },
          { key: '2026-10-26', count: 1 },
        ],
      },
    ],
    ['by=month&timezone=Asia/Tokyo', { by: 'month', data: [{ key: '2026-10', count: 3 }] }],
    [
      'by=day,type&timezone=Europe/Berlin',
      {
        by: 'day,type',
        data: [
          { key: '2026-10-25', type: 'LOGIN', count: 2 },
          { key: '2026-10-26', type: 'LOGOUT', count: 1 },
        ],
      },
    ],
    [
      'by=week,userId&type=login&type=logout',
      {
        by: 'week,userId',
        data: [
          { key: '2026-10-19', userId: 'ann', count: 2 },
          { key: '2026-10-19', userId: 'bob', count: 1 },
        ],
      },
    ],
    ['by=hour,type&userId=nobody', { by: 'hour,type', data: [] }],
    ['by=type&userId=nobody', { by: 'type', data: [] }],
    [
      'by=type&userId=ann&userId=bob&metadata.device.os=ios',
      { by: 'type', data: [{ key: 'LOGIN', count: 1 }] },
    ],
    [
      'by=day&from=2026-01-01T00:00:00Z&metadata.device.os=ios&metadata.device.os=android',
      { by: 'day', data: [{ key: '2026-10-25', count: 2 }] },
    ],
  ])('%s', async (query, body) => {
    const it = await withThree();
    expect(seen(await it.app.inject(`/api/logs/stats?${query}`))).toEqual({ status: 200, body });
  });

  test.each([
    ['', '/by'],
    ['by=', '/by'],
    ['by=year', '/by'],
    ['by=Week', '/by'],
    ['by=slot', '/by'],
    ['by=Type', '/by'],
    ['by=__proto__', '/by'],
    ['by=type&by=day', '/by'],
    ['by=type,day', '/by'],
    ['by=type,userId', '/by'],
    ['by=day,hour', '/by'],
    ['by=day,', '/by'],
    ['by=day,type,userId', '/by'],
    ['by=type&timezone=UTC', '/timezone'],
    ['by=day&timezone=', '/timezone'],
    ['by=day&timezone=Europe/Nowhere', '/timezone'],
    ['by=day&timezone=+01:00', '/timezone'],
    ['by=day&timezone=%00', '/timezone'],
    [`by=day&timezone=${'A'.repeat(10_000)}`, '/timezone'],
    ['by=day&timezone=UTC&timezone=UTC', '/timezone'],
    ['by=day&tz=UTC', '/tz'],
    ['by=day&order=asc', '/order'],
    ['by=day&limit=10', '/limit'],
    ['by=day&cursor=x', '/cursor'],
    ['by=day&from=yesterday', '/from'],
    ['by=day&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/to'],
    ['by=day&userId=', '/userId'],
    ['by=day&metadata.a=1', '/metadata.a'],
    ['by=day&userId=ann&metadata=1', '/metadata'],
    ['by=day&type=%00', '/type'],
  ])('%.50s is 400 at %s', async (query, path) => {
    const it = await service();
    const response = await it.app.inject(`/api/logs/stats?${query}`);
    expect(seen(response)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  test('an activity of 1970 has a line, although the units of time after it have none', async () => {
    const it = await withThree();
    await it.repository.save([sampleActivity({ createdAt: '1970-01-01T00:00:00Z' })]);
    for (const [by, key, lines] of [
      ['minute', '1970-01-01T00:00:00Z', 4],
      ['hour', '1970-01-01T00:00:00Z', 4],
      ['day', '1970-01-01', 2],
      ['week', '1969-12-29', 2],
      ['month', '1970-01', 2],
    ] as const) {
      const response = await it.app.inject(`/api/logs/stats?by=${by}`);
      expect(response.statusCode).toBe(200);
      expect(response.json()).toMatchObject({ by, data: { length: lines, 0: { key, count: 1 } } });
    }
  });

  test('a query that is too broad is 400, and the message says how to narrow it', async () => {
    const it = await withThree();
    await it.repository.save(
      Array.from({ length: 20_000 }, (_, index) => sampleActivity({ createdAt: index * 3_600_000 })),
    );
    expect(seen(await it.app.inject('/api/logs/stats?by=hour'))).toMatchObject({
      status: 400,
      body: {
        detail:
          'The query is too broad: it counts more than 20000 hours: bring "from" and "to" closer together, ' +
          'or count by "day", "week" or "month".',
        errors: [{ path: '/by' }],
      },
    });
    expect(seen(await it.app.inject('/api/logs/stats?by=day'))).toMatchObject({ status: 200 });
  });

  test.each(['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const)('%s is 503 with Retry-After', async (code) => {
    const it = await service({
      useCases: { activityStats: () => Promise.reject(new DomainError(code, 'No answer.')) },
    });
    const response = await it.app.inject('/api/logs/stats?by=type');
    expect(seen(response)).toMatchObject({ status: 503, body: { detail: 'No answer.' } });
    expect(response.headers['retry-after']).toBe('5');
  });

  test('needs a key if there are keys', async () => {
    const it = await service({ apiKeys: ['key'] });
    expect((await it.app.inject('/api/logs/stats?by=type')).statusCode).toBe(401);
  });
});
