import { DomainError, type JsonObject } from '@user-activity/domain';
import { sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, test } from 'vitest';
import { type Service, seen, service } from './service.ts';

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly pagination: { readonly nextCursor: string | null };
}

const withMetadata = async (metadata: Readonly<Record<string, JsonObject>>): Promise<Service> => {
  const it = await service();
  await it.repository.save(
    Object.entries(metadata).map(([id, each]) => sampleActivity({ id, metadata: each })),
  );
  return it;
};

/** Returns what a query finds, and checks that `/api/logs/count` returns the same number. */
async function found({ app }: Service, query: string): Promise<string[]> {
  const { data } = (await app.inject(`/api/logs?${query}`)).json<Page>();
  expect((await app.inject(`/api/logs/count?${query}`)).json()).toEqual({ count: data.length });
  return data.map(({ id }) => id).toSorted();
}

const of = (name: string, value: string): string =>
  `userId=user-1&${encodeURIComponent(name)}=${encodeURIComponent(value)}`;

describe('metadata.<path>=value', () => {
  test('matches any of the repeated values, and every path', async () => {
    const it = await withMetadata({
      a: { device: { os: 'ios', version: 17 } },
      b: { device: { os: 'android', version: 17 } },
      c: { device: [{ os: 'web' }, { os: 'ios', version: '17' }] },
    });
    expect(await found(it, of('metadata.device.os', 'ios'))).toEqual(['a', 'c']);
    expect(await found(it, of('metadata.device.version', '17'))).toEqual(['a', 'b', 'c']);
    expect(await found(it, `${of('metadata.device.os', 'ios')}&metadata.device.os=android`)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(await found(it, `${of('metadata.device.os', 'ios')}&metadata.device.version=17.0`)).toEqual(['a']);
    expect(await found(it, `${of('metadata.device.os', 'ios')}&type=logout`)).toEqual([]);
  });

  test('can name any key: a backslash escapes the next character', async () => {
    const it = await withMetadata({
      dot: { 'a.b': 1 },
      path: { a: { b: 1 } },
      backslash: { 'a\\': { b: 1 } },
      empty: { '': 1 },
      special: { 'a&b=c+d é%': 1, $set: 1, constructor: 1 },
    });
    expect(await found(it, of('metadata.a.b', '1'))).toEqual(['path']);
    expect(await found(it, of(String.raw`metadata.a\.b`, '1'))).toEqual(['dot']);
    expect(await found(it, of(String.raw`metadata.a\\.b`, '1'))).toEqual(['backslash']);
    expect(await found(it, of('metadata.', '1'))).toEqual(['empty']);
    for (const key of ['a&b=c+d é%', '$set', 'constructor', String.raw`\$\set`])
      expect(await found(it, of(`metadata.${key}`, '1'))).toEqual(['special']);
    expect(await found(it, of('metadata.__proto__', '1'))).toEqual([]);
  });

  test.each([
    ['metadata.a=1', '/metadata.a', 'needs userId or from as well'],
    ['metadata.a=1&type=login&to=2026-01-01T00:00:00Z', '/metadata.a', 'to limit the search'],
    [`userId=1&metadata.a%5C=1`, '/metadata.a\\', 'must not end with a single backslash'],
    [`userId=1&metadata.${'a.'.repeat(16)}=1`, `/metadata.${'a.'.repeat(16)}`, 'at most 16 levels'],
    [`userId=1${'&metadata.a=1'.repeat(21)}`, '/metadata.a', 'at most 20 times'],
    [`userId=1${'&metadata.a=1'.repeat(20)}&metadata.%5Ca=1`, '/metadata.\\a', 'at most 20 times'],
    [
      `userId=1&${Array.from({ length: 11 }, (_, index) => `metadata.k${index}=1`).join('&')}`,
      '/metadata.k10',
      'limit of 10 metadata paths',
    ],
    ['userId=1&metadata=1', '/metadata', 'is not a known parameter'],
    ['userId=1&metadatas.a=1', '/metadatas.a', 'is not a known parameter'],
    ['userId=1&Metadata.a=1', '/Metadata.a', 'is not a known parameter'],
  ])('%.60s is 400 at %.30s', async (query, path, message) => {
    const it = await service();
    for (const route of ['/api/logs', '/api/logs/count'])
      expect(seen(await it.app.inject(`${route}?${query}`))).toMatchObject({
        status: 400,
        body: { errors: [{ path, message: expect.stringContaining(message) as string }] },
      });
  });

  test('with an invalid user and without `from` reports only the user', async () => {
    const it = await service();
    const { errors } = (await it.app.inject('/api/logs?userId=%00&metadata.a=1')).json<{
      errors: { path: string }[];
    }>();
    expect(errors.map(({ path }) => path)).toEqual(['/userId']);
  });

  test('stays in the link to the next page, and its cursor accepts it in any order', async () => {
    const it = await service();
    const activities = sampleActivities(5, { metadata: { 'a.b': [{ é: 'x y' }], c: 1 } });
    await it.repository.save(activities);
    const asked = new URLSearchParams([
      ['userId', 'user-1'],
      [String.raw`metadata.a\.b.é`, 'x y'],
      [String.raw`metadata.a\.b.é`, 'z'],
      ['metadata.c', '1'],
      ['limit', '2'],
    ]);
    const walked: string[] = [];
    let nextCursor: string | null = null;
    for (let url: string | undefined = `/api/logs?${asked.toString()}`; url !== undefined; ) {
      const response: LightMyRequestResponse = await it.app.inject(url);
      const page: Page = response.json<Page>();
      walked.push(...page.data.map(({ id }) => id));
      nextCursor ??= page.pagination.nextCursor;
      [, url] = /^<(.+)>; rel="next"$/.exec(String(response.headers['link'])) ?? [];
    }
    expect(walked).toEqual(activities.map(({ id }) => id).toReversed());
    const cursor = `cursor=${nextCursor}`;
    const path = encodeURIComponent(String.raw`metadata.a\.b.\é`);
    const again = `metadata.c=1&${path}=z&${path}=x+y&userId=user-1&${cursor}`;
    expect((await it.app.inject(`/api/logs?${again}`)).json<Page>().data).toHaveLength(3);
    for (const other of [
      `userId=user-1&${cursor}`,
      `userId=user-1&metadata.c=1&${cursor}`,
      `metadata.c=1.0&${path}=z&${path}=x+y&userId=user-1&${cursor}`,
    ])
      expect(seen(await it.app.inject(`/api/logs?${other}`))).toMatchObject({
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
  });
});

describe('GET /api/logs/count', () => {
  test('counts the activities that match a filter', async () => {
    const it = await service();
    await it.repository.save([...sampleActivities(60), sampleActivity({ userId: 'ann', type: 'LOGOUT' })]);
    for (const [query, count] of [
      ['', 61],
      ['?userId=user-1', 60],
      ['?type=log-out', 0],
      ['?type=logout&userId=ann&userId=user-1', 1],
      ['?from=2026-01-02T03:04:06Z&to=2026-01-02T03:04:07Z', 1],
    ] as const)
      expect([query, seen(await it.app.inject(`/api/logs/count${query}`))]).toEqual([
        query,
        { status: 200, body: { count } },
      ]);
  });

  test.each(['order=asc', 'limit=1', 'cursor=x', 'by=type', 'offset=1'])(
    'refuses %s, which is not one of its parameters',
    async (query) => {
      const it = await service();
      expect(seen(await it.app.inject(`/api/logs/count?${query}`))).toMatchObject({
        status: 400,
        body: {
          errors: [
            { message: 'is not a known parameter: this route takes userId, type, from, to, metadata.<path>' },
          ],
        },
      });
    },
  );
});

test.each([
  ['', 'To narrow the query, add "userId", or add "from" and "to".'],
  ['?userId=a&userId=b&from=2026-01-01T00:00:00Z', 'To narrow the query, ask for fewer users, or add "to".'],
  ['?userId=a&to=2026-01-01T00:00:00Z', 'To narrow the query, add "from".'],
  [
    '?userId=a&metadata.a=1&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z',
    'To narrow the query, bring "from" and "to" closer together. Conditions on metadata are checked one activity at a time.',
  ],
])(
  'a query %j that takes the store too long is 503, and the message says how to narrow it',
  async (query, advice) => {
    const tooLong = (): Promise<never> =>
      Promise.reject(new DomainError('STORE_TIMEOUT', 'It took too long.'));
    const it = await service();
    Object.assign(it.repository, { find: tooLong, count: tooLong });
    for (const route of ['/api/logs', '/api/logs/count']) {
      const response = await it.app.inject(`${route}${query}`);
      expect(seen(response)).toMatchObject({ status: 503, body: { detail: `It took too long. ${advice}` } });
      expect(response.headers['retry-after']).toBe('5');
    }
  },
);

test.each<[string, string]>([
  ['10,000 unknown parameters', Array.from({ length: 10_000 }, (_, index) => `p${index}=1`).join('&')],
  [
    '10,000 paths',
    `userId=1&${Array.from({ length: 10_000 }, (_, index) => `metadata.p${index}=1`).join('&')}`,
  ],
  ['10,000 values', `userId=1${'&metadata.a=1'.repeat(10_000)}`],
  ['10,000 faulty paths', Array.from({ length: 10_000 }, (_, index) => `metadata.${index}%5C=1`).join('&')],
  ['a path of 16 KiB', `userId=1&metadata.${'a.'.repeat(8192)}=1`],
  ['a path of 16 KiB of backslashes', `userId=1&metadata.${'%5C'.repeat(16_383)}=1`],
])('%s are refused with a few short violations', async (_name, query) => {
  const it = await service();
  for (const route of ['/api/logs', '/api/logs/count']) {
    const response = await it.app.inject(`${route}?${query}`);
    expect(response.statusCode).toBe(400);
    expect(response.json<{ errors: unknown[] }>().errors.length).toBeLessThanOrEqual(34);
    expect(response.body.length).toBeLessThan(10_000);
  }
});

test('a query can name a key of 16 KiB', async () => {
  const it = await withMetadata({ long: { ['k'.repeat(16_000)]: 1 } });
  expect(await found(it, of(`metadata.${'k'.repeat(16_000)}`, '1'))).toEqual(['long']);
});

test('the documentation shows the metadata parameters as an exploded object', async () => {
  const { app } = await service();
  const { paths } = (await app.inject('/openapi.json')).json<{
    paths: Record<string, { get: { parameters: { name: string; in: string; schema: { type: string } }[] } }>;
  }>();
  const filter = ['userId', 'type', 'from', 'to', 'metadata'];
  const names = (path: string): string[] =>
    paths[path]?.get.parameters.flatMap((one) => (one.in === 'query' ? [one.name] : [])) ?? [];
  expect(names('/api/logs')).toEqual([...filter, 'order', 'limit', 'cursor']);
  expect(names('/api/logs/count')).toEqual(filter);
  const metadata = paths['/api/logs']?.get.parameters.find(({ name }) => name === 'metadata');
  expect(metadata).toMatchObject({
    in: 'query',
    schema: { type: 'object' },
    example: { 'metadata.device.os': 'ios' },
  });
});
