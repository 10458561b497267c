import { expect, test } from 'vitest';
import { post, postRaw, seen, service } from './service.ts';

const draft = (fields: object = {}) => ({ userId: 'u', type: 'T', ...fields });

test('each item is judged by itself', async () => {
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
        { index: 1, errors: [{ path: '/type', message: 'must be 1-128 characters' }] },
        { index: 2, errors: [{ path: '', message: 'must be a JSON object' }] },
      ],
      ids: ['a', null, null, 'id-000002'],
    },
  });
  expect(it.logged()).toHaveLength(2);
});

test('of none that is valid every fault is listed, by index and path', async () => {
  const it = await service();
  expect(seen(await post(it.app, '/api/logs/batch', [draft({ type: '' }), null]))).toMatchObject({
    status: 422,
    body: {
      detail: 'No activity of the batch was accepted.',
      errors: [
        { path: '/0/type', message: 'must be 1-128 characters' },
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

test('100,000 levels of arrays are refused and harm nobody', async () => {
  const it = await service({ maxBodyBytes: 1_000_000 });
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const headers = { 'content-type': 'application/json' };
  const response = await it.app.inject({ method: 'POST', url: '/api/logs/batch', headers, payload: deep });
  expect(response.statusCode).toBe(422);
  expect((await postRaw(it.app, JSON.stringify(draft()))).statusCode).toBe(202);
});

test('an Idempotency-Key is refused, as it can not name several', async () => {
  const it = await service();
  const response = await post(it.app, '/api/logs/batch', [draft()], { 'idempotency-key': 'a' });
  expect(response.statusCode).toBe(400);
});

test('is 503 with the id of each while the log is out of reach', async () => {
  const it = await service();
  it.log.reachable = false;
  const response = await post(it.app, '/api/logs/batch', [draft({ id: 'a' }), 7, draft({ id: 'b' })]);
  expect(seen(response)).toMatchObject({ status: 503, body: { ids: ['a', null, 'b'] } });
});
