import type { ActivityQuery, Order } from '@user-activity/domain';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { listen } from '../feed/stream-client.ts';
import { type Service, service } from '../service.ts';
import { cellsOf } from './csv-reader.ts';
import {
  after,
  ExportClient,
  idsIn,
  linesIn,
  pageSize,
  variedActivities,
  watchQueries,
} from './exporting.ts';

// Two full pages and a part of a third, without a filter.
const count = 2 * pageSize + 34;

async function filled(size = count): Promise<{ it: Service; url: string }> {
  const it = await service();
  await it.repository.save(variedActivities(size));
  return { it, url: `${await listen(it)}/api/logs` };
}

const startOfTime = Date.parse('2026-01-02T03:04:05.678Z');

const anyTime = fc.option(
  fc
    .integer({ min: -1, max: Math.ceil(count / 4) })
    .map((seconds) => new Date(startOfTime + seconds * 1000).toISOString()),
  { nil: undefined },
);

/** Generates any filter that `GET /api/logs` accepts, as parameters. */
const anyFilter = fc
  .record({
    userId: fc.subarray(['ann', 'bob', 'cem', 'nobody']),
    type: fc.subarray(['login', 'Log Out', 'LOGOUT']),
    from: anyTime,
    to: anyTime,
    os: fc.subarray(['ios', 'linux', 'none'], { maxLength: 2 }),
  })
  .filter(({ userId, from, to, os }) => {
    const isOrdered = from === undefined || to === undefined || from <= to;
    return isOrdered && (os.length === 0 || userId.length > 0 || from !== undefined);
  })
  .map(({ userId, type, from, to, os }) => [
    ...userId.map((value) => ['userId', value]),
    ...type.map((value) => ['type', value]),
    ...(from === undefined ? [] : [['from', from]]),
    ...(to === undefined ? [] : [['to', to]]),
    ...os.map((value) => ['metadata.device.os', value]),
  ]);

/** Returns the data of all pages of `GET /api/logs`, one after the other. */
async function walked(url: string, filter: string[][], order: Order, limit: number): Promise<unknown[]> {
  const data: unknown[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const more = cursor === undefined ? [] : [['cursor', cursor]];
    const query = new URLSearchParams([...filter, ['order', order], ['limit', String(limit)], ...more]);
    const response = await fetch(`${url}?${query.toString()}`);
    const page = (await response.json()) as { data: unknown[]; pagination: { nextCursor: string | null } };
    expect(response.status).toBe(200);
    data.push(...page.data);
    cursor = page.pagination.nextCursor;
  }
  return data;
}

test('an export has the activities of all pages in their order, for any filter, order and format', async () => {
  const { url } = await filled();
  await fc.assert(
    fc.asyncProperty(
      anyFilter,
      fc.constantFrom<Order>('asc', 'desc'),
      fc.integer({ min: 20, max: 500 }),
      async (filter, order, limit) => {
        const expected = await walked(url, filter, order, limit);
        const query = new URLSearchParams([...filter, ['order', order]]).toString();
        const ndjson = await ExportClient.take(`${url}/export?${query}`);
        expect([ndjson.status, ndjson.isComplete]).toEqual([200, true]);
        expect(linesIn(ndjson.text)).toEqual(expected);
        const csv = await ExportClient.take(`${url}/export?${query}&format=csv`);
        const [, ...rows] = cellsOf(csv.text);
        expect(
          rows.map(([id, userId, type, createdAt, receivedAt, metadata = '']) => {
            const values = { id, userId, type, createdAt, receivedAt };
            return { ...values, metadata: JSON.parse(metadata) as unknown };
          }),
        ).toEqual(expected);
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
});

test('an export continues after any line, also of another page', async () => {
  const { url } = await filled();
  const whole = idsIn((await ExportClient.take(`${url}/export?userId=ann&userId=bob`)).text);
  expect(whole.length).toBeGreaterThan(pageSize);
  const lines = linesIn((await ExportClient.take(`${url}/export?userId=ann&userId=bob`)).text);
  for (const index of [0, 1, pageSize - 2, pageSize - 1, pageSize, whole.length - 2, whole.length - 1]) {
    const line = lines[index];
    if (line === undefined) throw new Error('There are more lines.');
    const rest = await ExportClient.take(`${url}/export?userId=ann&userId=bob&${after(line)}`);
    expect([index, idsIn(rest.text)]).toEqual([index, whole.slice(index + 1)]);
  }
});

test('each page takes one query, which begins after the last activity of the previous page', async () => {
  const { it, url } = await filled();
  const queries: ActivityQuery[] = [];
  const find = it.repository.find.bind(it.repository);
  it.repository.find = async (query) => {
    queries.push(query);
    return find(query);
  };
  const text = (await ExportClient.take(`${url}/export?order=desc`)).text;
  const positions = [pageSize - 1, 2 * pageSize - 1].map((index) => linesIn(text)[index]?.id);
  expect(queries.map(({ order, limit, after: position }) => [order, limit, position?.id])).toEqual([
    ['desc', pageSize, undefined],
    ['desc', pageSize, positions[0]],
    ['desc', pageSize, positions[1]],
  ]);
});

test('with gzip the body is the same, and each page arrives before the next one is read', async () => {
  const { it, url } = await filled();
  const plain = await ExportClient.take(`${url}/export`);
  const next = Promise.withResolvers<void>();
  watchQueries(it, (query) => (query === 2 ? next.promise : undefined));
  const response = await fetch(`${url}/export`, { headers: { 'accept-encoding': 'gzip' } });
  expect(response.headers.get('content-encoding')).toBe('gzip');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (linesIn(text).length < pageSize) text += (await reader?.read())?.value ?? '';
  expect(linesIn(text)).toHaveLength(pageSize);
  next.resolve();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) text += part.value;
  expect(text).toBe(plain.text);
});
