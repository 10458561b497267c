import { FaultyDraft } from '@user-activity/application';
import { parseJson, RuleBroken } from '@user-activity/domain';
import { anyMetadata } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readBatchItems, readExactItem } from '../src/bodies/batch-items.ts';
import { type JsonReader, readMendedJson } from '../src/bodies/json-body.ts';
import { estimateValueBytes } from '../src/bodies/json-bytes.ts';
import { itemsIn } from '../src/bodies/json-elements.ts';
import { maxItemBytes } from '../src/requests/input-limits.ts';
import { seen, service } from './service.ts';

const limit = { maxItems: 10, message: 'too many', countBytes: () => undefined };

async function itemsOf(json: string | Buffer, maxItems = limit.maxItems): Promise<unknown[]> {
  const items: unknown[] = [];
  const bytes = Buffer.isBuffer(json) ? json : Buffer.from(json);
  const portions = readBatchItems(bytes, { ...limit, maxItems }, readExactItem, (item) => item);
  for await (const portion of portions) items.push(...portion);
  return items;
}

test('white space around the items of an array is ignored', async () => {
  const anyList = fc.array(fc.oneof(anyMetadata, fc.jsonValue()), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(anyList, fc.constantFrom(undefined, 1, '\t\r\n '), async (list, indent) => {
      const json = JSON.stringify(list, undefined, indent);
      expect(await itemsOf(json)).toEqual(parseJson(json));
    }),
  );
});

test.each([
  '[',
  '[1',
  '[1,',
  '[1,]',
  '[,1]',
  '[,]',
  '[1 2]',
  '[1}',
  '[{]}',
  '[[}]',
  '[1]]',
  '[1] 2',
  '["a]',
  '["a\\"]',
  '[1,{"a":}]',
  String.raw`["\x"]`,
  '[1,\u00a02]',
])('%j is not JSON: 400', async (json) => {
  expect(() => JSON.parse(json) as unknown).toThrow(SyntaxError);
  await expect(itemsOf(json)).rejects.toMatchObject({
    status: 400,
    message: 'The body is not well-formed JSON.',
  });
});

test('bytes that are not UTF-8 are 400, in a string and between items', async () => {
  for (const json of ['["\xff"]', '[1,\xff 2]', '[1]\xff']) {
    await expect(itemsOf(Buffer.from(json, 'latin1'))).rejects.toMatchObject({ status: 400 });
  }
});

test('more items than the limit are 413, before any other item is parsed', async () => {
  const ten = Array.from({ length: 10 }, () => '{}').join();
  expect(await itemsOf(`[${ten}]`)).toHaveLength(10);
  await expect(itemsOf(`[${ten},this is no JSON`)).rejects.toMatchObject({
    code: 'INPUT_TOO_LARGE',
    message: 'too many',
  });
});

test('an item of more than 1 MiB is not parsed, and the others are', async () => {
  const longest = `"${'x'.repeat(maxItemBytes - 2)}"`;
  const items = await itemsOf(`[${longest},{"a":${longest}},3]`);
  expect(items[0]).toHaveLength(maxItemBytes - 2);
  expect(items[1]).toBeInstanceOf(FaultyDraft);
  expect(items[1]).toMatchObject({
    violations: [{ path: '', message: 'must be at most 1048576 bytes long' }],
  });
  expect(items[2]).toBe(3);
});

test.each([
  // Each item is a run of its own, because two of them exceed 64 KiB.
  ['long items', JSON.stringify(Array.from({ length: 10 }, () => 'x'.repeat(40_000)))],
  ['short items that are parsed at once', `[${'{},'.repeat(999)}{}]`],
  ['items that are read one by one, because of an escaped key', `[${String.raw`{"\n":1},`.repeat(9)}10]`],
])('between items, other requests run after 10 ms: %s', async (_, json) => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 6));
  let turns = 0;
  let next = setImmediate(function count() {
    turns += 1;
    next = setImmediate(count);
  });
  onTestFinished(() => {
    clearImmediate(next);
    clock.mockRestore();
  });
  await itemsOf(json, 1000);
  // Every second item, or portion of items, begins 12 ms after the last turn.
  expect(turns).toBeGreaterThanOrEqual(4);
});

describe('many items that are parsed at once', () => {
  /** Reads the items one by one, and counts the memory of each. */
  function readOneByOne(json: Buffer, maxItems: number, parse: JsonReader): object {
    const items: unknown[] = [];
    let bytes = 0;
    try {
      for (const item of itemsIn(json)) {
        if (items.length === maxItems) return { fault: 'too many' };
        bytes += estimateValueBytes(item);
        items.push(parse(item));
      }
    } catch (error) {
      return { fault: error instanceof RuleBroken ? `The body ${error.message}.` : String(error) };
    }
    return { items, bytes };
  }

  async function readInRuns(json: Buffer, maxItems: number, parse: JsonReader): Promise<object> {
    const items: unknown[] = [];
    let bytes = 0;
    const countBytes = (added: number): void => {
      bytes += added;
    };
    try {
      const limits = { maxItems, message: 'too many', countBytes };
      for await (const portion of readBatchItems(json, limits, parse, (item) => item)) items.push(...portion);
    } catch (error) {
      return { fault: error instanceof Error ? error.message : String(error) };
    }
    return { items, bytes };
  }

  const item = fc.oneof(
    { weight: 6, arbitrary: fc.oneof(anyMetadata, fc.jsonValue()).map((value) => JSON.stringify(value)) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '',
        ' ',
        '1 2',
        '1,2',
        '{',
        ']',
        '[',
        '"a',
        '\\',
        '{"a":1',
        '{"a":1}}',
        ' {"a" : [1 , 2] }\n',
        '{"a":1,"a":2}',
        '[1e400]',
        '{"n":9007199254740993}',
        '{"__proto__":1}',
        '"\ud800"',
        '"},{"',
        String.raw`{"\n":1}`,
        String.raw`{"a\"":"}"}`,
        String.raw`{"\u0061":1,"a":2}`,
        '"\xff"',
        '{"a":"\n"}',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(`"${'y'.repeat(40_000)}"`, `[${'['.repeat(99)}${']'.repeat(99)}]`),
    },
  );
  const ends = fc.oneof(
    { weight: 8, arbitrary: fc.constant(']') },
    fc.constantFrom('', '] ', ']]', '}', ',]'),
  );

  test.each([
    ['exactly', readExactItem],
    ['mended', readMendedJson],
  ])('have the same values or the same fault as if they were parsed one by one: %s', async (_, parse) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 8 }),
        ends,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('utf8', 'latin1'),
        async (texts, end, maxItems, encoding) => {
          const json = Buffer.from(`[${texts.join(',')}${end}`, encoding);
          const expected = readOneByOne(json, maxItems, parse);
          expect(await readInRuns(json, maxItems, parse)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a body of one activity, event, call or replay takes at most 1 MiB', () => {
  const events = 'application/cloudevents+json';
  test.each([
    ['/api/logs', 'application/json', 413],
    ['/api/events', events, 413],
    ['/api/events', 'text/plain', 413],
    ['/v1/track', 'application/json', 413],
    ['/api/dead-letters/replay', 'application/json', 413],
    ['/api/logs/batch', 'application/json', 422],
    ['/api/logs/batch', 'application/x-ndjson', 422],
    ['/api/events', 'application/cloudevents-batch+json', 422],
    ['/v1/batch', 'application/json', 400],
  ])('POST %s of %s: %i', async (url, type, status) => {
    const { app } = await service({ maxBodyBytes: 4 * maxItemBytes });
    const payload = `{"a":"${'x'.repeat(maxItemBytes)}"}`;
    const response = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': type, 'ce-id': '1' },
    });
    expect(response.statusCode).toBe(status);
  });

  test('a lower limit of the server applies instead', async () => {
    const { app } = await service({ maxBodyBytes: 100 });
    const response = await app.inject({ method: 'POST', url: '/api/logs', payload: { a: 'x'.repeat(100) } });
    expect(response.statusCode).toBe(413);
  });
});

test('an item that is too large rejects none of the others, in every kind of batch', async () => {
  const it = await service({ maxBodyBytes: 4 * maxItemBytes });
  const large = { userId: 'u', a: 'x'.repeat(maxItemBytes) };
  const send = async (url: string, type: string, payload: unknown) =>
    seen(
      await it.app.inject({
        method: 'POST',
        url,
        payload: JSON.stringify(payload),
        headers: { 'content-type': type },
      }),
    );
  const rejected = [{ index: 0, errors: [{ path: '', message: 'must be at most 1048576 bytes long' }] }];
  const activity = { userId: 'u', type: 'T' };
  expect(await send('/api/logs/batch', 'application/json', [large, activity])).toMatchObject({
    status: 202,
    body: { accepted: 1, rejected },
  });
  const event = { specversion: '1.0', id: '1', source: 's', type: 't', subject: 'u' };
  expect(await send('/api/events', 'application/cloudevents-batch+json', [large, event])).toMatchObject({
    status: 202,
    body: { accepted: 1, rejected },
  });
  const call = { type: 'track', event: 'T', userId: 'u' };
  expect(await send('/v1/batch', 'application/json', { batch: [large, call] })).toMatchObject({
    status: 200,
    body: { success: true, rejected: [] },
  });
  expect(it.store.letters.size).toBe(0);
});

describe('a batch of calls', () => {
  const call = { type: 'track', event: 'T', userId: 'u' };
  const send = async (payload: string) => {
    const { app } = await service({ maxBodyBytes: 4 * maxItemBytes });
    const headers = { 'content-type': 'application/json' };
    return seen(await app.inject({ method: 'POST', url: '/v1/batch', payload, headers }));
  };

  const calls = JSON.stringify([call]);
  test.each([
    ['malformed beside its calls', `{"batch":${calls},"sentAt":{"a":[}}`, 400],
    ['without an end', `{"batch":${calls}`, 400],
    ['with a comma too many', `{"batch":${calls},}`, 400],
    ['with a bare key', `{batch:${calls}}`, 400],
    ['without a colon', `{"batch" ${calls}}`, 400],
    ['with a malformed call', '{"batch":[{]}', 400],
    ['of one list after another', `${' '.repeat(2000)}{"batch":7,"\\u0062atch":${calls}}`, 200],
    ['with 1 MiB beside its calls', `{"integrations":"${'x'.repeat(maxItemBytes)}","batch":${calls}}`, 200],
  ])('%s', async (_, payload, status) => expect(await send(payload)).toMatchObject({ status }));
});
