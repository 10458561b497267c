import * as fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { anyMetadata } from '@user-activity/port-contracts';
import {
  defaultRecordingRules,
  isDomainError,
  type JsonObject,
  parseJson,
  UserActivity,
  ProjectId,
} from '@user-activity/domain';
import { FixedClock, SequentialIds } from '@user-activity/adapter-memory';
import { describe, expect, test } from 'vitest';
import { reservedIds } from '../src/openapi/reserved-ids.ts';
import { draftSchema } from '../src/openapi/schemas.ts';
import { post, postRaw, seen, service } from './service.ts';

const example = { userId: '123', type: 'LOGIN', metadata: { ip: '127.0.0.1' } };

describe('POST /api/logs', () => {
  test('answers 202 with the id and the location after the log holds the activity', async () => {
    const it = await service();
    const response = await post(it.app, '/api/logs', example);
    expect(seen(response)).toEqual({ status: 202, body: { id: 'id-000001', status: 'accepted' } });
    expect(response.headers['location']).toBe('/api/logs/id-000001');
    expect(it.logged().map(({ content }) => content)).toMatchObject([
      { name: 'ActivityLogged', activity: { ...example, id: 'id-000001' } },
    ]);
  });

  test('percent-encodes the location', async () => {
    const it = await service();
    const { headers } = await post(it.app, '/api/logs', { ...example, id: 'a/b?c#%' });
    expect(headers['location']).toBe('/api/logs/a%2Fb%3Fc%23%25');
  });

  test.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"; x=1', 'Application/JSON'])(
    'accepts %s',
    async (type) => {
      const it = await service();
      expect((await postRaw(it.app, JSON.stringify(example), { 'content-type': type })).statusCode).toBe(202);
    },
  );

  test('lists every violation by path, and records nothing', async () => {
    const it = await service();
    const body = { userId: '', type: ' ', metadata: { a: { b: '\ud800' } }, createdAt: 'now', extra: 1 };
    const response = await post(it.app, '/api/logs', body);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(seen(response)).toMatchObject({
      status: 422,
      body: {
        type: 'about:blank',
        title: 'Unprocessable Entity',
        status: 422,
        detail: 'The activity breaks a rule.',
      },
    });
    expect(response.json<{ errors: { path: string }[] }>().errors.map(({ path }) => path)).toEqual([
      '/extra',
      '/userId',
      '/type',
      '/metadata/a/b',
      '/createdAt',
    ]);
    expect(it.logged()).toEqual([]);
  });

  test.each([
    ['{"userId":"u","type":"T","__proto__":{"x":1}}', '/__proto__', 'is not a known field'],
    [
      '{"userId":"u","type":"T","metadata":{"__proto__":{"x":1}}}',
      '/metadata/__proto__',
      'is not allowed as a key',
    ],
    [
      '{"userId":"u","type":"T","metadata":{"constructor":{"prototype":1}}}',
      '/metadata/constructor',
      'must not contain a key "prototype"',
    ],
    [
      '{"userId":"u","type":"T","metadata":{"n":1e999}}',
      '/metadata/n',
      'must be a number that a double can hold exactly; send it as a string',
    ],
    ['[]', '', 'must be a JSON object'],
    ['null', '', 'must be a JSON object'],
    ['"text"', '', 'must be a JSON object'],
  ])('%s is 422 with its path', async (body, path, message) => {
    const it = await service();
    expect(seen(await postRaw(it.app, body))).toMatchObject({
      status: 422,
      body: { errors: [{ path, message }] },
    });
  });

  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['half an object', '{"userId":"secret'],
    ['a trailing comma', '{"userId":"u",}'],
    ['two values', '{} {}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a byte order mark alone', Buffer.from([0xef, 0xbb, 0xbf])],
  ])('%s is 400 without a quotation of it', async (_, body) => {
    const it = await service();
    const response = await postRaw(it.app, body);
    expect(response.statusCode).toBe(400);
    expect(response.body).not.toContain('secret');
    expect(it.lines.join('')).not.toContain('secret');
  });

  test('no body at all is 400', async () => {
    const it = await service();
    expect((await it.app.inject({ method: 'POST', url: '/api/logs' })).statusCode).toBe(400);
  });

  test.each<Record<string, string>>([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/jsonp' },
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-type': 'application/x-ndjson' },
  ])('%j is 415', async (headers) => {
    const it = await service();
    const response = await postRaw(it.app, JSON.stringify(example), headers);
    expect(seen(response)).toMatchObject({
      status: 415,
      body: { title: 'Unsupported Media Type', errors: [] },
    });
    expect(it.logged()).toEqual([]);
  });

  test('a body above the limit is 413, and a body at the limit is not', async () => {
    const it = await service({ maxBodyBytes: 1000 });
    const empty = JSON.stringify({ ...example, metadata: { fill: '' } });
    const body = (bytes: number) =>
      empty.replace('"fill":""', `"fill":"${'x'.repeat(bytes - empty.length)}"`);
    expect((await postRaw(it.app, body(1000))).statusCode).toBe(202);
    expect(seen(await postRaw(it.app, body(1001)))).toMatchObject({ status: 413, body: { status: 413 } });
  });

  test('a query parameter is refused, and the message names it', async () => {
    const it = await service();
    expect(seen(await post(it.app, '/api/logs?dryRun=1', example))).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/dryRun', message: 'is not a known parameter: this route takes none' }] },
    });
  });

  test('is 503 with the id and Retry-After while the log is unavailable', async () => {
    const it = await service();
    it.log.reachable = false;
    const response = await post(it.app, '/api/logs', { ...example, id: 'mine' });
    expect(seen(response)).toMatchObject({ status: 503, body: { ids: ['mine'], errors: [] } });
    expect(response.headers['retry-after']).toBe('5');
  });

  test('a bug is a 500 that reveals nothing about the service, and is logged with its request', async () => {
    const it = await service({
      useCases: { logActivity: () => Promise.reject(new TypeError('inner secret')) },
    });
    const response = await post(it.app, '/api/logs', example, { 'x-request-id': 'req-7' });
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('secret');
    expect(it.lines.find((line) => line.includes('inner secret'))).toContain('req-7');
  });
});

describe('Idempotency-Key', () => {
  test.each([
    ['key-1', 'key-1'],
    ['"key-1"', 'key-1'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ['a"b', 'a"b'],
  ])('%s becomes the id of a body without one', async (header, id) => {
    const it = await service();
    const response = await post(it.app, '/api/logs', example, { 'idempotency-key': header });
    expect(seen(response)).toEqual({ status: 202, body: { id, status: 'accepted' } });
  });

  test('that equals the id in the body is accepted, and any other is 422', async () => {
    const it = await service();
    const send = (key: string) =>
      post(it.app, '/api/logs', { ...example, id: 'a' }, { 'idempotency-key': key });
    expect((await send('"a"')).statusCode).toBe(202);
    expect(seen(await send('b'))).toMatchObject({ status: 422, body: { errors: [{ path: '/id' }] } });
    const unnamed = await post(it.app, '/api/logs', { ...example, id: null }, { 'idempotency-key': 'c' });
    expect(seen(unnamed)).toMatchObject({ status: 202, body: { id: 'c' } });
  });

  test.each(['', 'a b', '"a b"', 'count', 'x'.repeat(129)])('%j is not a valid id', async (header) => {
    const it = await service();
    const response = await post(it.app, '/api/logs', example, { 'idempotency-key': header });
    expect(seen(response)).toMatchObject({ status: 422, body: { errors: [{ path: '/id' }] } });
  });
});

describe('a published and stored activity', () => {
  test('has deep-equal metadata in responses, whatever its keys are', async () => {
    const it = await service();
    await fc.assert(
      fc.asyncProperty(anyMetadata, async (metadata: JsonObject) => {
        fc.pre(JSON.stringify(metadata).length < 16_000);
        const id = (await post(it.app, '/api/logs', { ...example, metadata })).json<{ id: string }>().id;
        const content = it.logged().at(-1)?.content;
        if (content?.name !== 'ActivityLogged') throw new Error('It is on the log.');
        await it.repository.save([content.activity]);
        const answer = await it.app.inject(`/api/logs/${id}`);
        expect(parseJson(answer.body)).toEqual({ ...content.activity.toJSON(), metadata });
        const list = await it.app.inject(`/api/logs?limit=1&userId=123`);
        expect(list.statusCode).toBe(200);
      }),
      { numRuns: 50 },
    );
  });
});

test('the documented body accepts exactly what the domain accepts', () => {
  const rules = { ...defaultRecordingRules, reservedIds };
  const deps = { clock: new FixedClock(), ids: new SequentialIds(), rules };
  const domainTakes = (draft: unknown): boolean => {
    try {
      UserActivity.record({ project: ProjectId.default }, draft, deps);
      return true;
    } catch (error) {
      if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
      return false;
    }
  };
  const ajv = new Ajv2020({ strict: false });
  ajvFormats.default(ajv);
  const takes = ajv.compile(draftSchema);
  const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 3 }));
  const drafts = fc.record(
    {
      id: fc.oneof(
        fc.string({ minLength: 1, maxLength: 10 }),
        fc.constantFrom('', 'a', '..', 'batch', 'feed', 7, null),
      ),
      userId: fc.oneof(text, fc.constantFrom('u', '.', ' .. ', '...', '\u0085', 7, null)),
      type: fc.oneof(
        text,
        fc.constantFrom(
          'LOGIN',
          ' log-in ',
          '-',
          ' ',
          'a\tb',
          'a\u0085',
          '\ufeff',
          "Don't (ask) 100%",
          7,
          null,
        ),
      ),
      metadata: fc.oneof(anyMetadata, fc.constantFrom(null, [], 'x')),
      createdAt: fc.constantFrom('2020-01-01T00:00:00Z', 7, null),
      extra: fc.constant(1),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(drafts, (draft) => {
      expect(takes(draft)).toBe(domainTakes(draft));
    }),
    {
      numRuns: 2000,
      examples: [[{ userId: 'u', type: 't' }], [{ userId: 'u', type: 't', id: 'a', metadata: {} }]],
    },
  );
  for (const draft of [
    {},
    { userId: 'u' },
    { userId: 'u', type: 7 },
    { userId: 'u', type: 'T', extra: 1 },
    [],
  ])
    expect([domainTakes(draft), takes(draft)]).toEqual([false, false]);
});
