import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { post, type Service, seen, service } from './service.ts';

const track = (fields: object = {}) => ({ type: 'track', userId: 'u', event: 'Order Completed', ...fields });
const loggedBy = ({ logged }: Service) =>
  logged().flatMap(({ content }) => (content.name === 'ActivityLogged' ? [content.activity.toJSON()] : []));
const lettersOf = ({ store }: Service) => [...store.letters.values()];

describe('one call', () => {
  test.each(['track', 'identify', 'page', 'screen', 'group', 'alias'])(
    'POST /v1/%s logs it',
    async (kind) => {
      const it = await service();
      const body = {
        userId: 'u',
        event: kind,
        messageId: 'm',
        timestamp: '2025-01-01T00:00:00+01:00',
        type: 'x',
      };
      const response = await post(it.app, `/v1/${kind}`, body);
      expect(seen(response)).toEqual({ status: 200, body: { success: true, rejected: [] } });
      expect(loggedBy(it)).toMatchObject([
        { id: 'm', userId: 'u', type: kind.toUpperCase(), createdAt: '2024-12-31T23:00:00.000Z' },
      ]);
    },
  );

  test('is mended and stored if it breaks rules, and the response does not mention it', async () => {
    const it = await service();
    const body = {
      messageId: 'm m',
      userId: 'u\ud800',
      event: '',
      properties: { ['__proto__']: 1, b: { n: '\ud800' } },
      timestamp: '2025-01-01 09:30',
    };
    const response = await post(it.app, '/v1/track', body);
    expect(seen(response)).toEqual({ status: 200, body: { success: true, rejected: [] } });
    expect(loggedBy(it)).toMatchObject([
      {
        id: expect.stringMatching(/^m_m~[\w-]{43}$/) as string,
        userId: expect.stringMatching(/^u\ufffd~[\w-]{43}$/) as string,
        type: 'TRACK',
        createdAt: '2025-01-01T09:30:00.000Z',
        metadata: {
          event: '',
          '__proto__~1': 1,
          b: { n: '\ufffd' },
          original: {
            messageId: 'm m',
            userId: { json: '"u\\ud800"' },
            event: '',
            timestamp: '2025-01-01 09:30',
            properties: { json: '{"__proto__":1,"b":{"n":"\\ud800"}}' },
          },
        },
      },
    ]);
    expect(lettersOf(it)).toEqual([]);
    expect(it.lines.join('')).not.toContain('m m');
  });

  test('without a user is 200 with the path of the fault, and becomes a dead letter', async () => {
    const it = await service();
    const response = await post(it.app, '/v1/track', {
      messageId: 'm',
      event: 'E',
      properties: { b: '\ud800' },
    });
    expect(seen(response)).toEqual({
      status: 200,
      body: {
        success: false,
        rejected: [{ index: 0, errors: [{ path: '/userId', message: 'is required' }] }],
      },
    });
    expect(lettersOf(it)).toMatchObject([
      { origin: { topic: 'http' }, code: 'invalid', activityId: 'm', reason: '/userId is required' },
    ]);
    expect(it.logged()).toEqual([]);
  });

  test('with too large properties is stored without them, and becomes a dead letter too', async () => {
    const it = await service();
    const body = { messageId: 'm', userId: 'u', event: 'E', properties: { fill: 'x'.repeat(33_000) } };
    const { incomplete, ...answer } = (await post(it.app, '/v1/track', body)).json<{ incomplete: unknown }>();
    expect(answer).toEqual({ success: true, rejected: [] });
    const message = expect.stringContaining('metadata is at most 32768 bytes') as string;
    expect(incomplete).toEqual([{ index: 0, errors: [{ path: '/properties', message }] }]);
    const sha256 = createHash('sha256').update(JSON.stringify(body.properties)).digest('hex');
    const original = { bytes: 33_011, sha256 };
    expect(loggedBy(it)).toMatchObject([{ id: 'm', type: 'E', metadata: { event: 'E', original } }]);
    const [letter] = lettersOf(it);
    expect(letter).toMatchObject({ code: 'invalid', activityId: 'm' });
    expect(letter?.reason).toMatch(/^\/properties is stored as its size and SHA-256 only/);
    expect(JSON.parse(Buffer.from(letter?.value ?? []).toString())).toEqual({ ...body, type: 'track' });
    await post(it.app, '/v1/track', body);
    expect(lettersOf(it)).toHaveLength(1);
  });

  test('is 200 with success false if it is not an object', async () => {
    const it = await service();
    expect(seen(await post(it.app, '/v1/page', []))).toEqual({
      status: 200,
      body: {
        success: false,
        rejected: [{ index: 0, errors: [{ path: '', message: 'must be a JSON object' }] }],
      },
    });
  });
});

describe('POST /v1/batch', () => {
  test('accepts valid calls, and makes dead letters of the others', async () => {
    const it = await service();
    const batch = [track({ messageId: 'a' }), track({ userId: ' ' }), 7, { type: 'identify', userId: 1 }];
    const response = await post(it.app, '/v1/batch', { batch, sentAt: 'now', writeKey: 'k', what: 'ever' });
    expect(seen(response)).toEqual({
      status: 200,
      body: {
        success: true,
        rejected: [
          { index: 1, errors: [{ path: '/userId', message: 'must be 1-256 characters after trimming' }] },
          { index: 2, errors: [{ path: '', message: 'must be a JSON object' }] },
        ],
      },
    });
    expect(loggedBy(it)).toMatchObject([
      { id: 'a', type: 'ORDER_COMPLETED', metadata: { event: 'Order Completed' } },
      { userId: '1', type: 'IDENTIFY' },
    ]);
    await post(it.app, '/v1/batch', { batch, sentAt: 'later' });
    expect(lettersOf(it)).toHaveLength(2);
  });

  test('without an accepted call has success false, unless the batch is empty', async () => {
    const it = await service();
    expect((await post(it.app, '/v1/batch', { batch: [{}, null] })).json()).toMatchObject({ success: false });
    expect((await post(it.app, '/v1/batch', { batch: [] })).json()).toEqual({ success: true, rejected: [] });
  });

  test('with a context that takes far more memory than its bytes is refused if there is no room', async () => {
    const body = { batch: [track()], context: Array.from({ length: 5000 }, () => []) };
    const statusAt = async (maxBytesInFlight: number): Promise<number> =>
      (await post((await service({ maxBytesInFlight })).app, '/v1/batch', body)).statusCode;
    expect(await statusAt(100_000)).toBe(413);
    expect(await statusAt(1_000_000)).toBe(200);
  });

  test.each([{}, [], [track()], 7, { batch: null }, { batch: {} }, { batch: 'x' }])(
    'without calls is 400: %j',
    async (body) => {
      const it = await service();
      expect(seen(await post(it.app, '/v1/batch', body))).toMatchObject({
        status: 400,
        body: { errors: [{ path: '/batch' }] },
      });
    },
  );

  test('is 400 if it is not JSON, 415 for another type unless it is compressed, 413 with too many calls', async () => {
    const it = await service({ maxBatchSize: 2 });
    const send = (payload: string, type = 'application/json') =>
      it.app.inject({ method: 'POST', url: '/v1/batch', headers: { 'content-type': type }, payload });
    expect((await send('{"batch":[')).statusCode).toBe(400);
    expect((await send('{"batch":[]}', 'Application/JSON ; charset=utf-8')).statusCode).toBe(200);
    for (const [type, status] of [
      ['text/plain', 200],
      ['application/x-www-form-urlencoded', 415],
    ] as const) {
      expect((await send('{"batch":[]}', type)).statusCode).toBe(status);
      const compressed = { 'content-type': type, 'content-encoding': 'gzip' };
      const payload = gzipSync('{"batch":[]}');
      expect(
        (await it.app.inject({ method: 'POST', url: '/v1/batch', headers: compressed, payload })).statusCode,
      ).toBe(200);
    }
    expect((await send('{"batch":[]}', 'text/plain; charset=utf-16')).statusCode).toBe(415);
    const none = await it.app.inject({ method: 'POST', url: '/v1/track' });
    expect(seen(none)).toMatchObject({ status: 400, body: { detail: 'A JSON body is required.' } });
    const untyped = { 'content-length': '12' };
    const without = await it.app.inject({
      method: 'POST',
      url: '/v1/batch',
      headers: untyped,
      payload: Buffer.from('{"batch":[]}'),
    });
    expect(without.statusCode).toBe(415);
    expect((await post(it.app, '/v1/batch', { batch: [1, 2, 3] })).statusCode).toBe(413);
    expect(lettersOf(it)).toEqual([]);
  });

  test('leaves the context out of all calls, and out of each retry, if its copies would exceed the body limit', async () => {
    const context = { agent: 'x'.repeat(985) };
    const json = JSON.stringify(context);
    expect(json).toHaveLength(997);
    const original = {
      context: { bytes: json.length, sha256: createHash('sha256').update(json).digest('hex') },
    };
    const told = async (batch: unknown[]): Promise<unknown[]> => {
      const it = await service({ maxBodyBytes: 10_000 });
      for (let time = 0; time < 2; time += 1)
        expect((await post(it.app, '/v1/batch', { batch, context })).json()).toMatchObject({ success: true });
      const all = loggedBy(it).map(({ metadata }) => metadata);
      expect(all.slice(all.length / 2)).toEqual(all.slice(0, all.length / 2));
      return all.slice(0, all.length / 2);
    };
    const ten = Array.from({ length: 10 }, () => track());
    const others = [track({ context: { ip: 'own' } }), 7];
    expect(await told([...ten, ...others])).toMatchObject([
      ...ten.map(() => ({ context })),
      { context: { ip: 'own' } },
    ]);
    const left = await told([...others, ...ten, track({ context: null })]);
    expect(left).toMatchObject([{ context: { ip: 'own' } }, ...[...ten, 7].map(() => ({ original }))]);
    expect(left.slice(1).filter((one) => Object.hasOwn(one as object, 'context'))).toEqual([]);
  });

  test('leaves out a context that is too large for metadata, and checks it only once', async () => {
    const it = await service({ maxBodyBytes: 1_000_000 });
    const keys = vi.spyOn(Object, 'keys');
    const context = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, index]));
    const response = await post(it.app, '/v1/batch', {
      batch: Array.from({ length: 50 }, () => track()),
      context,
    });
    const looks = keys.mock.calls.filter(([one]) => Object.hasOwn(one, 'k4999')).length;
    keys.mockRestore();
    expect(response.json()).toEqual({ success: true, rejected: [] });
    // The context is read once to mend it, and once to validate it, but not for each call.
    expect(looks).toBe(2);
    expect(loggedBy(it)[49]).toMatchObject({ metadata: { event: 'Order Completed' } });
    expect(loggedBy(it)[49]?.metadata).not.toHaveProperty('context');
  });

  test('is 503 with Retry-After and the ids while the log or the dead letters are unavailable', async () => {
    const it = await service();
    const batch = [track({ messageId: 'a' }), {}];
    it.log.reachable = false;
    const first = await post(it.app, '/v1/batch', { batch });
    expect(seen(first)).toMatchObject({ status: 503, body: { ids: ['a', null] } });
    expect(first.headers['retry-after']).toBe('5');
    expect(lettersOf(it)).toEqual([]);
    it.log.reachable = true;
    it.store.reachable = false;
    const second = await post(it.app, '/v1/batch', { batch });
    expect(seen(second)).toMatchObject({ status: 503, body: { ids: ['a', null] } });
    it.store.reachable = true;
    expect((await post(it.app, '/v1/batch', { batch })).statusCode).toBe(200);
    expect(lettersOf(it)).toHaveLength(1);
  });

  test('needs a key, which may be the user name of Basic authentication without a password', async () => {
    const it = await service({ apiKeys: ['write-key'] });
    const basic = (user: string) => ({
      authorization: `Basic ${Buffer.from(`${user}:`).toString('base64')}`,
    });
    const send = (headers: Record<string, string>) =>
      post(it.app, '/v1/batch', { batch: [track()] }, headers);
    expect((await send(basic('write-key'))).statusCode).toBe(200);
    expect((await send(basic('other'))).statusCode).toBe(401);
    expect((await send({})).statusCode).toBe(401);
    expect(it.logged()).toHaveLength(1);
  });
});

test('the number of errors of a batch is limited, and so are the reasons of its dead letters', async () => {
  const it = await service({ maxBatchSize: 10_000, maxBodyBytes: 10_000_000 });
  const deep: unknown = JSON.parse(`${'['.repeat(17)}${']'.repeat(17)}`);
  const batch = Array.from({ length: 3000 }, (_, index) =>
    index % 2 === 0 ? { type: 'track', messageId: `m${index}` } : track({ name: deep, properties: deep }),
  );
  const response = await post(it.app, '/v1/batch', { batch });
  interface Listed {
    readonly index: number;
    readonly errors: readonly unknown[];
  }
  const { success, rejected, incomplete, omittedErrors } = response.json<{
    success: boolean;
    rejected: Listed[];
    incomplete: Listed[];
    omittedErrors: number;
  }>();
  expect([response.statusCode, success, rejected.length, incomplete.length]).toEqual([200, true, 1500, 1500]);
  const unexplained = [...rejected, ...incomplete].filter(({ errors }) => errors.length === 0);
  expect(unexplained).toHaveLength(omittedErrors);
  expect(omittedErrors).toBeGreaterThan(1000);
  expect(response.rawPayload.length).toBeLessThan(400_000);
  const reasons = lettersOf(it).map(({ reason }) => reason);
  expect(Math.max(...reasons.map((reason) => reason.length))).toBeLessThanOrEqual(2000);
  expect(reasons.at(-1)).toMatch(/^breaks a rule; /);
});
