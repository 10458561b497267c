import { sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { TimeRange, Timestamp } from '@user-activity/domain';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Service, seen, service } from './service.ts';

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly pagination: { readonly nextCursor: string | null };
}

// The time of the service until a test changes it.
const noon = '2026-11-24T12:00:00.000Z';
const hourMs = 3_600_000;
const [second, day] = [1000, 24 * hourMs];

async function atNoon(): Promise<Service> {
  const it = await service();
  it.clock.set(noon);
  return it;
}

const page = async ({ app }: Service, url: string): Promise<Page> => (await app.inject(url)).json<Page>();
const ids = ({ data }: Page): string[] => data.map(({ id }) => id);
const cursorOf = (members: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(members)).toString('base64url');
const membersOf = (cursor: string | null): unknown[] =>
  JSON.parse(Buffer.from(cursor ?? '', 'base64url').toString()) as unknown[];

describe('times in a query', () => {
  test.each([
    ['from=-24h', ['b', 'c', 'd']],
    ['from=-24h&to=-1h', ['b', 'c']],
    ['from=-1d&to=now', ['b', 'c', 'd']],
    ['to=-1440m', ['a']],
    ['from=2026-11-24', ['c', 'd']],
    ['from=2026-11-23&to=2026-11-24', ['a', 'b']],
    ['from=2026-11-24&to=2026-11-24', []],
    ['from=-12h&to=2026-11-24T12:00:00%2B01:00', ['c']],
    ['from=2026-11-23T12:00:00Z&to=-1s', ['b', 'c']],
    ['from=-200w', ['a', 'b', 'c', 'd']],
  ])('%s finds and counts %j', async (query, expected) => {
    const it = await atNoon();
    await it.repository.save([
      sampleActivity({ id: 'a', createdAt: '2026-11-23T11:59:59.999Z' }),
      sampleActivity({ id: 'b', createdAt: '2026-11-23T12:00:00Z' }),
      sampleActivity({ id: 'c', createdAt: '2026-11-24T00:00:00Z' }),
      sampleActivity({ id: 'd', createdAt: '2026-11-24T11:59:59.999Z' }),
    ]);
    expect(ids(await page(it, `/api/logs?order=asc&${query}`))).toEqual(expected);
    expect((await it.app.inject(`/api/logs/count?${query}`)).json()).toEqual({ count: expected.length });
    const { data } = (await it.app.inject(`/api/logs/stats?by=userId&${query}`)).json<{
      data: { count: number }[];
    }>();
    expect(data.map(({ count }) => count)).toEqual(expected.length === 0 ? [] : [expected.length]);
  });

  test('a date is a day in the time zone of the statistics', async () => {
    const it = await atNoon();
    await it.repository.save([
      sampleActivity({ createdAt: '2026-11-22T22:59:59Z' }),
      sampleActivity({ createdAt: '2026-11-22T23:00:00Z' }),
      sampleActivity({ createdAt: '2026-11-23T23:00:00Z' }),
    ]);
    const query = 'by=day&timezone=Europe/Berlin&from=2026-11-23&to=2026-11-24';
    expect((await it.app.inject(`/api/logs/stats?${query}`)).json()).toEqual({
      by: 'day',
      data: [{ key: '2026-11-23', count: 1 }],
    });
  });

  test.each([
    ['from=2026-11-24T10:00:00+01:00', '/from', 'a + in a URL is written %2B'],
    ['to=2026-11-24T10:00:00+01:00', '/to', '2026-11-24T10:00:00%2B01:00'],
    ['from=1700000000', '/from', 'must not be a Unix time: write 2023-11-14T22:13:20.000Z'],
    ['from=+24h', '/from', 'must begin with a minus, as in -24h'],
    ['from=24h', '/from', 'must begin with a minus, as in -24h'],
    ['from=yesterday', '/from', 'a relative time such as -24h'],
    ['from=-1h&from=-2h', '/from', 'must be given once'],
    ['from=-1h&to=-24h', '/to', 'must not be before "from": swap the two'],
    ['from=now&to=2026-11-24', '/to', 'must not be before "from": swap the two'],
    ['from=-999999999999w', '/from', 'must be within the years 0000 to 9999'],
  ])('%s is 400, and "errors" and "detail" have the correction', async (query, path, message) => {
    const it = await atNoon();
    for (const url of ['/api/logs?', '/api/logs/count?', '/api/logs/stats?by=day&', '/api/dead-letters?']) {
      const response = await it.app.inject(url + query);
      const told = expect.stringContaining(message) as string;
      expect(seen(response)).toMatchObject({
        status: 400,
        body: { detail: told, errors: [{ path, message: told }] },
      });
    }
  });
});

describe('a walk with relative times', () => {
  test.each(['/api/logs', '/api/dead-letters'])(
    '%s accepts a cursor only with the same relative times',
    async (path) => {
      const it = await atNoon();
      await it.repository.save(sampleActivities(3, { createdAt: '2026-11-24T11:00:00Z' }));
      const calls = ['A', 'B', 'C'].map((event) => ({ type: 'track', event }));
      await it.app.inject({ method: 'POST', url: '/v1/batch', payload: { batch: calls } });
      it.clock.advance(1);
      const { nextCursor } = (await page(it, `${path}?from=-24h&to=now&limit=1`)).pagination;
      it.clock.advance(day);
      const statusOf = async (query: string) =>
        (await it.app.inject(`${path}?${query}&limit=1&cursor=${nextCursor}`)).statusCode;
      expect(await statusOf('from=-24h&to=now')).toBe(200);
      expect(await statusOf('to=now&from=-24h')).toBe(200);
      for (const query of [
        'from=-1d&to=now',
        'from=-25h&to=now',
        'from=-24h',
        'from=-24h&to=-0s',
        'to=now',
        '',
      ])
        expect([query, await statusOf(query)]).toEqual([query, 400]);
      const meant = 'from=2026-11-23T12:00:00.001Z&to=2026-11-24T12:00:00.001Z';
      expect(await statusOf(meant)).toBe(400);
    },
  );

  test('continues, even if its range would be invalid at the time of a later page', async () => {
    const it = await atNoon();
    await it.repository.save(sampleActivities(3, { createdAt: '2026-11-24T11:00:00Z' }));
    const query = 'from=-2h&to=2026-11-24T12:00:00Z&limit=2';
    const { nextCursor } = (await page(it, `/api/logs?${query}`)).pagination;
    it.clock.advance(day);
    expect((await page(it, `/api/logs?${query}&cursor=${nextCursor}`)).data).toHaveLength(1);
    expect((await it.app.inject(`/api/logs?${query}`)).statusCode).toBe(400);
  });

  test('returns each activity once that is in the range of the first page, even if the clock jumps', async () => {
    const age = fc.integer({ min: -40, max: 40 });
    const jump = fc.constantFrom(-1000 * day, -day, -hourMs, -second, 0, 1, second, hourMs, day, 1000 * day);
    const bounds = fc.constantFrom(
      'from=-20s',
      'from=-20s&to=-5s',
      'to=-3s',
      'to=now',
      'from=-20s&to=2026-11-24T12:00:10Z',
    );
    const walk = fc.record({
      ages: fc.uniqueArray(fc.tuple(age, fc.integer({ min: 0, max: 3 })), {
        selector: String,
        maxLength: 25,
      }),
      late: fc.array(age, { maxLength: 5 }),
      jumps: fc.array(jump, { minLength: 1, maxLength: 6 }),
      bounds,
      order: fc.constantFrom('asc', 'desc'),
      limit: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(walk, async ({ ages, late, jumps, bounds: asked, order, limit }) => {
        const it = await atNoon();
        const start = it.clock.now();
        const made = ages.map(([seconds, index]) =>
          sampleActivity({ id: `a${seconds}.${index}`, createdAt: start - seconds * second }),
        );
        await it.repository.save(made);
        const end = (bound: string | undefined, otherwise: number): Timestamp =>
          Timestamp.fromMillis(bound === undefined ? otherwise : start - Number(bound) * second);
        const range = TimeRange.between(
          end(/from=-(\d+)s/.exec(asked)?.[1], 0),
          asked.includes('to=2026')
            ? Timestamp.parse('2026-11-24T12:00:10Z')
            : end(/to=-(\d+)s/.exec(asked)?.[1], asked.includes('to=now') ? start : start + 100 * day),
        );
        const query = `/api/logs?${asked}&order=${order}&limit=${limit}`;
        const walked: string[] = [];
        let url: string | undefined = query;
        for (let number = 0; url !== undefined; number += 1) {
          const { data, pagination }: Page = await page(it, url);
          walked.push(...data.map(({ id }) => id));
          url = pagination.nextCursor === null ? undefined : `${query}&cursor=${pagination.nextCursor}`;
          it.clock.advance(jumps[number % jumps.length] ?? 0);
          const [seconds] = late.slice(number);
          if (seconds !== undefined)
            await it.repository.save([
              sampleActivity({ id: `late${number}:${seconds}`, createdAt: start - seconds * second }),
            ]);
        }
        const expected = made.filter(({ createdAt }) => range.holds(createdAt)).map(({ id }) => id as string);
        expect(walked.filter((id) => id.startsWith('a')).toSorted()).toEqual(expected.toSorted());
        expect(new Set(walked).size).toBe(walked.length);
        for (const id of walked.filter((one) => one.startsWith('late')))
          expect(range.holds(Timestamp.fromMillis(start - Number(id.split(':')[1]) * second))).toBe(true);
        await it.app.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('cursors', () => {
  // Made by the release that did not know relative times yet: userId=user-1, type=LOGIN, from=2026-01-01T00:00:00Z, asc, after s-2.
  const old = 'WzEsMTc2NzMyMzA0NzY3OCwicy0yIiwib1d6WUp6YTdpZ3ZVVGM3NjBESWVnZSJd';

  test('of an older release stay valid, and queries without relative times still have the same cursors', async () => {
    const it = await atNoon();
    const start = Timestamp.parse('2026-01-02T03:04:05.678Z');
    await it.repository.save(
      Array.from({ length: 5 }, (_, index) =>
        sampleActivity({ id: `s-${index}`, createdAt: start + index * second }),
      ),
    );
    for (const from of ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00%2B01:00', '2026-01-01']) {
      const query = `/api/logs?userId=user-1&type=login&from=${from}&order=asc`;
      expect(ids(await page(it, `${query}&cursor=${old}`))).toEqual(['s-3', 's-4']);
      expect((await page(it, `${query}&limit=3`)).pagination.nextCursor).toBe(old);
    }
    const relative = `/api/logs?userId=user-1&type=login&from=-400d&order=asc&cursor=${old}`;
    expect((await it.app.inject(relative)).statusCode).toBe(400);
  });

  test('that are forged return nothing that another query could not return', async () => {
    const it = await atNoon();
    await it.repository.save(sampleActivities(3, { createdAt: '2026-11-24T11:00:00Z' }));
    const query = '/api/logs?from=-24h&to=2026-11-25&limit=1';
    const { nextCursor } = (await page(it, query)).pagination;
    const [version, moment, id, walk, now] = membersOf(nextCursor);
    expect([version, now]).toEqual([2, Date.parse(noon)]);
    const answer = async (...members: readonly unknown[]) =>
      seen(await it.app.inject(`${query}&cursor=${cursorOf(members)}`));
    const refused = (path: string, message: string) => ({
      status: 400,
      body: { errors: [{ path, message: expect.stringContaining(message) as string }] },
    });
    const notOurs = refused('/cursor', 'is not a cursor of this service');
    for (const other of [null, 'x', 1.5, 1e300, -1e300, [now], { now }, true])
      expect(await answer(2, moment, id, walk, other)).toMatchObject(notOurs);
    expect(await answer(2, moment, id, walk)).toMatchObject(notOurs);
    expect(await answer(2, moment, id, walk, now, now)).toMatchObject(notOurs);
    expect(await answer(1, moment, id, walk, now)).toMatchObject(notOurs);
    expect(await answer(3, moment, id, walk, now)).toMatchObject(notOurs);
    expect(await answer('2', moment, id, walk, now)).toMatchObject(notOurs);
    expect(await answer(2, moment, id, `${walk as string}${'x'.repeat(900)}`, now)).toMatchObject(notOurs);
    expect(await answer(2, moment, id, 'x', now)).toMatchObject(refused('/cursor', 'belongs to another'));
    // In the year 0000, no earlier day exists. In 9999, -24h is later than `to`.
    expect(await answer(2, moment, id, walk, -62_167_219_200_000)).toMatchObject(
      refused('/from', 'must be within'),
    );
    expect(await answer(2, moment, id, walk, 253_402_300_799_999)).toMatchObject(
      refused('/to', 'must not be before'),
    );
    // With another time of the first page, the range is another one. It finds no more than `from` could ask for.
    expect(await answer(2, moment, id, walk, Date.parse(noon) - day)).toMatchObject({ status: 200 });
  });

  test('have at most 1,024 characters, even for the longest id', async () => {
    const it = await atNoon();
    const longest = { createdAt: '2026-11-24T11:00:00Z' };
    await it.repository.save(
      ['"', '\\'].map((character) => sampleActivity({ ...longest, id: character.repeat(128) })),
    );
    const { nextCursor } = (await page(it, '/api/logs?from=-24h&limit=1')).pagination;
    expect(nextCursor?.length).toBeLessThanOrEqual(1024);
    expect((await page(it, `/api/logs?from=-24h&limit=1&cursor=${nextCursor}`)).data).toHaveLength(1);
  });
});
