import { parseJson } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { seen, type Service, service } from './service.ts';

const structured = 'application/cloudevents+json';
const batched = 'application/cloudevents-batch+json';
const event = (fields: object = {}) => ({
  specversion: '1.0',
  id: '1',
  source: '/s',
  type: 'com.example.login',
  subject: '123',
  ...fields,
});
const binary = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': '/s',
  'ce-type': 'com.example.login',
  'ce-subject': '123',
};
/** The id for the source `/s` and the id `1`, made with `openssl dgst -sha256` from `["/s","1"]`. */
const id = 'ce_xnoxE8ps-1-hEWzvqb7JvGky4KobWwyFgUcPnKh_vzc';

const send = (
  { app }: Service,
  type: string | undefined,
  payload: unknown,
  { url = '/api/events', headers = {} }: { url?: string; headers?: Record<string, string> } = {},
) =>
  app.inject({
    method: 'POST',
    url,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
  });

/** The activities that the log holds. */
const activities = (it: Service) =>
  it.logged().map(({ content }) => {
    if (content.name !== 'ActivityLogged') throw new Error('It is an activity.');
    return content.activity.toJSON();
  });

describe('one event', () => {
  test.each<[string, string | undefined, unknown, Record<string, string>, object]>([
    ['binary', 'application/json', '{"ip":"::1"}', binary, { ip: '::1' }],
    [
      'structured',
      structured,
      event({ data: { ip: '::1' }, datacontenttype: 'application/json' }),
      {},
      { ip: '::1' },
    ],
    [
      'structured, with headers of binary mode, which are ignored',
      'Application/CloudEvents+JSON; charset=UTF-8',
      event({ data: { ip: '::1' }, datacontenttype: 'application/json' }),
      { ...binary, 'ce-subject': 'another', 'ce-id': '%' },
      { ip: '::1' },
    ],
  ])('%s', async (_, type, payload, headers, data) => {
    const it = await service();
    const response = await send(it, type, payload, { headers });
    expect(seen(response)).toEqual({ status: 202, body: { id } });
    expect(response.headers['location']).toBe(`/api/logs/${id}`);
    expect(activities(it)).toMatchObject([
      {
        id,
        userId: '123',
        type: 'COM.EXAMPLE.LOGIN',
        metadata: {
          ...data,
          cloudevent: {
            specversion: '1.0',
            id: '1',
            source: '/s',
            type: 'com.example.login',
            datacontenttype: 'application/json',
          },
        },
      },
    ]);
  });

  test('in binary mode needs neither a body nor a Content-Type', async () => {
    const it = await service();
    const response = await it.app.inject({ method: 'POST', url: '/api/events', headers: binary });
    expect(seen(response)).toEqual({ status: 202, body: { id } });
    expect(activities(it)).toMatchObject([{ metadata: { cloudevent: { source: '/s' } } }]);
  });

  test('is refused with every violation by its path in the event', async () => {
    const it = await service();
    const wrong = { ...binary, 'ce-specversion': '0.3', 'ce-subject': '%ff', 'ce-time': 'now', 'ce-a_b': '' };
    const response = await send(it, 'application/json', '{"a":"\\ud800"}', { headers: wrong });
    expect(seen(response)).toMatchObject({
      status: 422,
      body: {
        detail: 'The event breaks a rule.',
        errors: [
          { path: '/specversion', message: 'must be "1.0"' },
          { path: '/subject', message: 'is not UTF-8' },
          { path: '/time' },
          { path: '/a_b' },
          { path: '/data/a' },
        ],
      },
    });
    expect(it.logged()).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['too much data', { data: { fill: 'x'.repeat(40_000) } }, '/data'],
    ['too much text', { data: 'x'.repeat(40_000) }, '/data'],
    ['too many bytes', { data_base64: 'AAAA'.repeat(10_000) }, '/data_base64'],
    ['too large an attribute', { ext: 'x'.repeat(40_000) }, ''],
    ['attributes that are too large together', { ext: 'x'.repeat(17_000), exu: 'x'.repeat(17_000) }, ''],
    [
      'too deep data',
      { data: parseJson(`${'{"a":'.repeat(16)}{}${'}'.repeat(16)}`) },
      `/data${'/a'.repeat(16)}`,
    ],
    ['a number that overflows', { data: ['#'] }, '/data/0'],
    ['a time ahead of the clock', { time: '2999-01-01T00:00:00Z' }, '/time'],
  ])('with %s is refused at %s', async (_, fields, path) => {
    const it = await service();
    const response = await send(it, structured, JSON.stringify(event(fields)).replace('"#"', '1e999'));
    expect(seen(response)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  test.each<[string, string, string]>([
    ['an empty structured body', structured, ''],
    ['half of one', structured, '{"specversion":"1.0"'],
    ['an empty batch body', batched, ''],
    ['binary JSON that is none', 'application/json', '{'],
  ])('%s is 400', async (_, type, payload) => {
    expect((await send(await service(), type, payload, { headers: binary })).statusCode).toBe(400);
  });

  test.each([
    'application/cloudevents',
    'application/cloudevents+avro',
    'application/cloudevents+xml',
    'application/cloudevents-batch+protobuf',
    `${structured}; charset=utf-16`,
    `${batched}; charset=latin1`,
    'not a media type',
  ])('%s is 415', async (type) => {
    const it = await service();
    expect((await send(it, type, event(), { headers: binary })).statusCode).toBe(415);
    expect(it.logged()).toEqual([]);
  });

  test('is the same activity when it is sent again in any mode', async () => {
    const it = await service();
    await send(it, structured, event());
    await send(it, undefined, '', { headers: binary });
    const [first, second] = it.logged().map(({ content }) => content);
    if (first?.name !== 'ActivityLogged' || second?.name !== 'ActivityLogged') throw new Error('Two are.');
    expect(await it.repository.save([first.activity, second.activity])).not.toContain('conflict');
  });

  test('is 503 with its id while the log is unavailable', async () => {
    const it = await service();
    it.log.reachable = false;
    expect(seen(await send(it, structured, event()))).toMatchObject({ status: 503, body: { ids: [id] } });
  });

  test.each([structured, batched, 'text/plain'])('as %s with an Idempotency-Key is 400', async (type) => {
    const headers = { ...binary, 'idempotency-key': 'a' };
    expect((await send(await service(), type, [event()], { headers })).statusCode).toBe(400);
  });
});

describe('a batch of events', () => {
  const mixed = [
    event(),
    event({ id: '2', subject: null }),
    event({ id: '3', data: { cloudevent: { a: '\ud800' } } }),
    event({ id: '4', time: '2999-01-01T00:00:00Z' }),
    7,
    event({ id: '5', data: [1] }),
  ];
  const errors = [
    { index: 1, errors: [{ path: '/subject', message: 'is required' }] },
    { index: 2, errors: [{ path: '/data/cloudevent/a' }] },
    { index: 3, errors: [{ path: '/time' }] },
    { index: 4, errors: [{ path: '', message: 'must be a JSON object' }] },
  ];

  test('accepts the valid events, and is answered like a batch of activities', async () => {
    const it = await service();
    const response = await send(it, batched, mixed);
    expect(seen(response)).toMatchObject({
      status: 202,
      body: { accepted: 2, rejected: errors, ids: [id, null, null, null, null, expect.any(String)] },
    });
    expect(activities(it)).toHaveLength(2);
  });

  test('is refused as a whole if it is atomic and one event is invalid', async () => {
    const it = await service();
    const url = '/api/events?atomic=true';
    expect(seen(await send(it, batched, mixed, { url }))).toMatchObject({
      status: 422,
      body: {
        errors: [
          { path: '/1/subject' },
          { path: '/2/data/cloudevent/a' },
          { path: '/3/time' },
          { path: '/4' },
        ],
      },
    });
    expect(it.logged()).toEqual([]);
    expect((await send(it, batched, [event()], { url })).statusCode).toBe(202);
  });

  test('may be empty, as the binding requires', async () => {
    expect(seen(await send(await service(), batched, []))).toEqual({
      status: 202,
      body: { accepted: 0, rejected: [], ids: [] },
    });
  });

  test.each<[string, unknown, number]>([
    ['no array', event(), 422],
    ['none that is valid', [1], 422],
    ['one more than may be', Array.from({ length: 101 }, () => event()), 413],
  ])('with %s', async (_, payload, status) => {
    expect((await send(await service(), batched, payload)).statusCode).toBe(status);
  });

  test('is 503 with all ids while the log is unavailable', async () => {
    const it = await service();
    it.log.reachable = false;
    expect(seen(await send(it, batched, mixed.slice(0, 2)))).toMatchObject({
      status: 503,
      body: { ids: [id, null] },
    });
  });
});
