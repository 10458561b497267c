import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { anyMetadata } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NdjsonDrafts } from '../src/bodies/ndjson-drafts.ts';
import { post, seen, service } from './service.ts';

const draft = (fields: object = {}) => ({ userId: 'u', type: 'T', ...fields });
const line = (fields: object = {}) => JSON.stringify(draft(fields));

async function send(
  body: string | Buffer | Readable,
  { type = 'application/x-ndjson', url = '/api/logs/batch', options = {}, headers = {} } = {},
) {
  const it = await service(options);
  const all = { 'content-type': type, ...headers };
  return { it, response: await it.app.inject({ method: 'POST', url, headers: all, payload: body }) };
}

async function read(drafts: NdjsonDrafts): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const portion of drafts) items.push(...portion);
  return items;
}

describe('NDJSON', () => {
  test('an invalid line does not reject the others, and blank lines do not count, but unreadable lines do', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`\n${line({ id: 'a' })}\n \t \r\n${line({ id: 'b' })}\r\n{"userId":\n`),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(`7\n\n{"userId":"u"}\n${line({ id: 'c' })}`),
    ]);
    const { it, response } = await send(bytes);
    expect(seen(response)).toEqual({
      status: 202,
      body: {
        accepted: 3,
        rejected: [
          { index: 2, errors: [{ path: '', message: 'is not well-formed JSON' }] },
          { index: 3, errors: [{ path: '', message: 'is not valid UTF-8' }] },
          { index: 4, errors: [{ path: '', message: 'must be a JSON object' }] },
          { index: 5, errors: [{ path: '/type', message: 'is required' }] },
        ],
        ids: ['a', 'b', null, null, null, null, 'c'],
      },
    });
    expect(it.logged()).toHaveLength(3);
  });

  test('a line may have 1 MiB, and a longer line is rejected without being held in memory', async () => {
    const fill = (length: number) => line().padEnd(length, ' ');
    const body = [fill(1024 * 1024), fill(1024 * 1024 + 1), line(), 'x'.repeat(2 ** 21)].join('\n');
    const { response } = await send(body, { options: { maxBodyBytes: 10_000_000 } });
    const errors = [{ path: '', message: 'must be at most 1048576 bytes long' }];
    expect(seen(response)).toMatchObject({
      status: 202,
      body: {
        accepted: 2,
        rejected: [
          { index: 1, errors },
          { index: 3, errors },
        ],
      },
    });
  });

  test.each(['application/ndjson', 'application/jsonl; charset=utf-8', 'Application/X-NDJSON;x=y'])(
    'is also accepted as %s',
    async (type) => {
      expect((await send(line(), { type })).response.statusCode).toBe(202);
    },
  );

  test.each(['', '\n', ' \r\n\t\n'])('%j is 422, as an empty array is', async (body) => {
    const { it, response } = await send(body);
    const empty = await post(it.app, '/api/logs/batch', []);
    expect(seen(response)).toEqual(seen(empty));
    expect(response.statusCode).toBe(422);
  });

  test('if no line is valid, every violation is listed by index and path', async () => {
    expect(seen((await send(`{}\n\nnot json\n`)).response)).toMatchObject({
      status: 422,
      body: {
        errors: [
          { path: '/0/userId', message: 'is required' },
          { path: '/0/type', message: 'is required' },
          { path: '/1', message: 'is not well-formed JSON' },
        ],
      },
    });
  });

  test.each([
    [100, 202],
    [101, 413],
  ])('with a limit of 100, %i lines are %i', async (count, status) => {
    const { it, response } = await send(`${line()}\n\n`.repeat(count));
    expect(response.statusCode).toBe(status);
    expect(it.logged()).toHaveLength(status === 202 ? 100 : 0);
  });

  test.each([`${line()}\n`, '\n', 'x', `${' '.repeat(50)}\n`])(
    'an endless body of %j is read only up to the limit',
    async (endless) => {
      let bytes = 0;
      const forever = Readable.from(
        (function* repeating() {
          const chunk = Buffer.from(endless.repeat(10));
          for (; ; bytes += chunk.length) yield chunk;
        })(),
        { objectMode: false, highWaterMark: 1 },
      );
      const drafts = new NdjsonDrafts(
        forever,
        { maxBytes: 5000, maxLines: 100, countBytes: () => undefined },
        { destroyOnReturn: true },
      );
      await expect(read(drafts)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
      expect(bytes).toBeLessThan(10_000);
      expect(forever.destroyed).toBe(true);
    },
  );

  test('is INPUT_UNREADABLE if the body breaks off, and nothing was recorded', async () => {
    const broken = Readable.from(
      (function* breaking() {
        yield Buffer.from(`${line()}\n`);
        throw new Error('gone');
      })(),
    );
    const drafts = new NdjsonDrafts(
      broken,
      { maxBytes: 1000, maxLines: 10, countBytes: () => undefined },
      { destroyOnReturn: true },
    );
    await expect(read(drafts)).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' });
  });

  test('an Idempotency-Key is refused, and the unread body causes no error', async () => {
    const headers = { 'idempotency-key': 'a', 'content-encoding': 'gzip' };
    const { response } = await send(gzipSync(line()), { headers });
    expect(response.statusCode).toBe(400);
  });

  test('yields the same for any lines, whether or not a chunk has whole lines', async () => {
    const anyLine = fc.oneof(
      { weight: 4, arbitrary: fc.oneof(anyMetadata, fc.jsonValue()).map((value) => JSON.stringify(value)) },
      fc.constantFrom(
        '',
        ' ',
        '\r',
        '\t\r',
        '\ufeff',
        '\ufeff7',
        '1,2',
        '1 2',
        '{',
        '{"a":[{}',
        '{}]}',
        '{},{}',
        '"a',
        'b"',
        '\xff',
        '[[1',
        '2]]',
        '1],[2',
        '{"a":1,"a":2}',
        '[1e400]',
        '{"a":"\u00a0"}\u00a0',
        'null\r',
        String.raw`{"\n":1}`,
      ),
    );
    const readIn = async (chunks: readonly Buffer[], maxLines: number): Promise<unknown> => {
      const counted = { body: 0, values: 0 };
      const countBytes = (body: number, values: number): void => {
        counted.body += body;
        counted.values += values;
      };
      const limits = { maxBytes: 1_000_000, maxLines, countBytes };
      try {
        const drafts = await read(new NdjsonDrafts(Readable.from(chunks), limits, { destroyOnReturn: true }));
        return { drafts, counted };
      } catch (error) {
        return String(error);
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLine, { maxLength: 12 }),
        fc.constantFrom('utf8', 'latin1'),
        fc.integer({ min: 20, max: 400 }),
        fc.constantFrom(4, 100),
        async (lines, encoding, size, maxLines) => {
          const bytes = Buffer.from(lines.join('\n'), encoding);
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          );
          // Each chunk begins with the end of a line, so that no chunk has a whole line.
          const split = lines.map((each, index) => Buffer.from(index === 0 ? each : `\n${each}`, encoding));
          expect(await readIn(chunks, maxLines)).toEqual(await readIn(split, maxLines));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('yields the same lines, however they are split into chunks', async () => {
    const values = fc.array(fc.jsonValue(), { maxLength: 20 });
    const ends = fc.constantFrom('\n', '\r\n', '\n\n', '\n \r\n');
    await fc.assert(
      fc.asyncProperty(values, ends, fc.integer({ min: 1, max: 9 }), async (items, end, size) => {
        const bytes = Buffer.from(items.map((item) => JSON.stringify(item)).join(end));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const drafts = new NdjsonDrafts(
          Readable.from(chunks, { objectMode: false }),
          { maxBytes: bytes.length, maxLines: items.length, countBytes: () => undefined },
          { destroyOnReturn: true },
        );
        expect(await read(drafts)).toEqual(JSON.parse(JSON.stringify(items)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('?atomic', () => {
  const url = '/api/logs/batch?atomic=true';
  const mixed = [draft({ id: 'a' }), draft({ type: '' }), draft({ id: 'c' })];
  const formats = [
    ['a JSON array', 'application/json', (items: readonly unknown[]) => JSON.stringify(items)],
    [
      'NDJSON',
      'application/x-ndjson',
      (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).join('\n'),
    ],
  ] as const;

  test.each(formats)('for %s accepts all or none', async (_, type, spelt) => {
    const refused = await send(spelt(mixed), { url, type });
    expect(seen(refused.response)).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/1/type', message: 'must be 1-256 characters' }] },
    });
    expect(refused.it.logged()).toEqual([]);
    const taken = await send(spelt([mixed[0], mixed[2]]), { url, type });
    expect(seen(taken.response)).toMatchObject({ status: 202, body: { accepted: 2, ids: ['a', 'c'] } });
    const lenient = await send(spelt(mixed), { url: '/api/logs/batch?atomic=false', type });
    expect(seen(lenient.response)).toMatchObject({ status: 202, body: { accepted: 2 } });
  });

  test.each(formats)('for %s is 503 with all ids while the log is unavailable', async (_, type, spelt) => {
    const it = await service();
    it.log.reachable = false;
    const payload = spelt([mixed[0], mixed[2]]);
    const response = await it.app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });
    expect(seen(response)).toMatchObject({ status: 503, body: { ids: ['a', 'c'] } });
    expect(response.headers['retry-after']).toBe('5');
  });

  test.each([
    ['atomic=yes', '/atomic', 'must be "true" or "false"'],
    ['atomic=', '/atomic', 'must be "true" or "false"'],
    ['atomic=true&atomic=true', '/atomic', 'must be given once'],
    ['atomik=true', '/atomik', 'is not a known parameter: this route takes atomic'],
  ])('%s is 400', async (query, path, message) => {
    const { response } = await send(line(), { url: `/api/logs/batch?${query}` });
    expect(seen(response)).toMatchObject({ status: 400, body: { errors: [{ path, message }] } });
  });
});
