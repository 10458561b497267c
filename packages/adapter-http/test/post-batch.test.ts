import type { Static } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import type { batchReceiptSchema } from '../src/bodies/batch-receipt.ts';
import { post, postRaw, seen, service } from './service.ts';

const draft = (fields: object = {}) => ({ userId: 'u', type: 'T', ...fields });

test('an invalid item does not reject the others', async () => {
  const it = await service();
  const response = await post(it.app, '/api/logs/batch', [
    draft({ id: 'a' }),
    draft({ type: '' }),
    7,
    draft(),
  ]);
  expect(seen(response)).toEqual({
    status: 202,
    body: {
      accepted: 2,
      rejected: [
        { index: 1, errors: [{ path: '/type', message: 'must be 1-256 characters' }] },
        { index: 2, errors: [{ path: '', message: 'must be a JSON object' }] },
      ],
      ids: ['a', null, null, 'id-000002'],
    },
  });
  expect(it.logged()).toHaveLength(2);
});

test('accepts any names, and null for absent members, but no reserved word as an id', async () => {
  const it = await service();
  const drafts = [
    draft({ type: "Don't ask (PIM) – 100%", id: null, metadata: null, createdAt: null }),
    draft({ id: 'import' }),
  ];
  const message = 'must not be one of the reserved words count, stats, export, stream, batch, feed, import';
  expect(seen(await post(it.app, '/api/logs/batch', drafts))).toMatchObject({
    status: 202,
    body: { ids: ['id-000001', null], rejected: [{ index: 1, errors: [{ path: '/id', message }] }] },
  });
  expect(it.logged()).toMatchObject([
    { content: { activity: { type: "DON'T_ASK_(PIM)_100%", metadata: {} } } },
  ]);
});

test('if no item is valid, every violation is listed by index and path', async () => {
  const it = await service();
  expect(seen(await post(it.app, '/api/logs/batch', [draft({ type: '' }), null]))).toMatchObject({
    status: 422,
    body: {
      detail: 'No activity of the batch was accepted.',
      errors: [
        { path: '/0/type', message: 'must be 1-256 characters' },
        { path: '/1', message: 'must be a JSON object' },
      ],
    },
  });
});

test.each<[string, unknown, number]>([
  ['no array', draft(), 422],
  ['an empty array', [], 422],
  ['as many as may be', Array.from({ length: 100 }, () => draft()), 202],
  ['one more than may be', Array.from({ length: 101 }, () => draft()), 413],
])('%s', async (_, body, status) => {
  const it = await service();
  const response = await post(it.app, '/api/logs/batch', body);
  expect(response.statusCode).toBe(status);
  expect(it.logged()).toHaveLength(status === 202 ? 100 : 0);
});

describe('the number of errors in one response is limited', () => {
  // As many errors as possible, each as long as possible, with as few bytes of JSON as possible.
  const nested = (levels: number): unknown =>
    levels === 0 ? Array.from({ length: 40 }, () => '\ud800') : { ['/'.repeat(128)]: nested(levels - 1) };
  const hostile = draft({ metadata: nested(12) });
  const items = (count: number) => Array.from({ length: count }, () => hostile);
  const big = { maxBatchSize: 10_000, maxBodyBytes: 10_000_000 };

  test('a partly accepted batch lists a limited number of errors under the right indexes', async () => {
    const it = await service(big);
    const response = await post(it.app, '/api/logs/batch', [...items(500), draft({ id: 'a' }), 7]);
    const { accepted, rejected, ids, omittedErrors } = response.json<Static<typeof batchReceiptSchema>>();
    expect([response.statusCode, accepted, ids.indexOf('a'), ids.length]).toEqual([202, 1, 500, 502]);
    expect(rejected.map(({ index }) => index)).toEqual([...Array.from({ length: 500 }).keys(), 501]);
    const explained = rejected.filter(({ errors }) => errors.length > 0);
    expect(explained).toEqual(rejected.slice(0, explained.length));
    expect(explained.length).toBeGreaterThan(10);
    expect(omittedErrors).toBe(501 - explained.length);
    expect(response.rawPayload.length).toBeLessThan(300_000);
  });

  test.each(['/api/logs/batch', '/api/logs/batch?atomic=true'])(
    'a refusal of %s lists a limited number of errors',
    async (url) => {
      const it = await service(big);
      const response = await post(it.app, url, items(500));
      expect(response.statusCode).toBe(422);
      const { errors, omittedErrors } = response.json<{
        errors: { path: string }[];
        omittedErrors: number;
      }>();
      const explained = new Set(errors.map(({ path }) => path.split('/', 2)[1]));
      expect(omittedErrors).toBe(500 - explained.size);
      expect(response.json()).toMatchObject({ rejected: [...Array.from({ length: 500 }).keys()] });
      expect(response.rawPayload.length).toBeLessThan(300_000);
    },
  );

  test('a batch of lines or events lists a limited number of errors', async () => {
    const it = await service(big);
    const lines = await it.app.inject({
      method: 'POST',
      url: '/api/logs/batch',
      headers: { 'content-type': 'application/x-ndjson' },
      payload: 'no json\n'.repeat(2000),
    });
    expect(lines.json()).toMatchObject({ status: 422, omittedErrors: 1000 });
    const bad = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`A${index}`, 1]));
    const events = await it.app.inject({
      method: 'POST',
      url: '/api/events',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      payload: JSON.stringify(Array.from({ length: 2000 }, () => bad)),
    });
    expect(events.json()).toMatchObject({ status: 422, omittedErrors: 1970 });
    expect(events.rawPayload.length).toBeLessThan(300_000);
  });
});

test('100,000 levels of arrays are refused quickly', async () => {
  const it = await service({ maxBodyBytes: 1_000_000 });
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const headers = { 'content-type': 'application/json' };
  const response = await it.app.inject({ method: 'POST', url: '/api/logs/batch', headers, payload: deep });
  expect(response.statusCode).toBe(422);
  expect((await postRaw(it.app, JSON.stringify(draft()))).statusCode).toBe(202);
});

test('an Idempotency-Key is refused, because it names only one activity', async () => {
  const it = await service();
  const response = await post(it.app, '/api/logs/batch', [draft()], { 'idempotency-key': 'a' });
  expect(response.statusCode).toBe(400);
});

test('a batch is 503 with the id of each item while the log is unavailable', async () => {
  const it = await service();
  it.log.reachable = false;
  const response = await post(it.app, '/api/logs/batch', [draft({ id: 'a' }), 7, draft({ id: 'b' })]);
  expect(seen(response)).toMatchObject({ status: 503, body: { ids: ['a', null, 'b'] } });
});

test('an item with far too many levels is rejected, and the others are not', async () => {
  const it = await service({ maxBodyBytes: 1_000_000 });
  const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const payload = `[${JSON.stringify(draft({ id: 'a' }))},${deep}]`;
  const headers = { 'content-type': 'application/json' };
  const response = await it.app.inject({ method: 'POST', url: '/api/logs/batch', headers, payload });
  expect(seen(response)).toEqual({
    status: 202,
    body: {
      accepted: 1,
      rejected: [{ index: 1, errors: [{ path: '', message: 'is nested deeper than 1000 levels' }] }],
      ids: ['a', null],
    },
  });
});

test('values that take far more memory than their bytes are refused if there is no room', async () => {
  const body = `[${JSON.stringify(draft({ metadata: { list: Array.from({ length: 5000 }, () => []) } }))}]`;
  const headers = { 'content-type': 'application/json' };
  const send = async (maxBytesInFlight: number) => {
    const it = await service({ maxBytesInFlight });
    return (await it.app.inject({ method: 'POST', url: '/api/logs/batch', headers, payload: body }))
      .statusCode;
  };
  expect(body.length).toBeLessThan(20_000);
  expect(await send(100_000)).toBe(413);
  expect(await send(1_000_000)).toBe(202);
});
