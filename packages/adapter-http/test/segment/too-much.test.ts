import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Service, seen, service } from '../service.ts';

const loggedBy = ({ logged }: Service) =>
  logged().flatMap(({ content }) => (content.name === 'ActivityLogged' ? [content.activity.toJSON()] : []));
const lettersOf = ({ store }: Service) => [...store.letters.values()];
const send = (it: Service, url: string, payload: string) =>
  it.app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload });
const digestOf = (text: string) => ({
  bytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
});
const deep = `{"p":"${'x'.repeat(70_000)}","d":${'['.repeat(1200)}${']'.repeat(1200)}}`;
const large = `{"p":"${'x'.repeat(1_100_000)}"}`;
const answer = {
  status: 200,
  body: {
    success: true,
    rejected: [],
    incomplete: [{ index: 0, errors: [{ path: '/properties', message: expect.any(String) as string }] }],
  },
};

test.each([
  ['/v1/track', deep],
  ['/v1/batch', deep],
  ['/v1/batch', large],
])(
  '%s stores a call that names a user, however deep or large its properties are',
  async (url, properties) => {
    const it = await service({ maxBodyBytes: 4_000_000 });
    const call = `{"userId":"u","messageId":"m","event":"E", "properties" : ${properties} ,"context":{"ip":"i"}}`;
    const body = url === '/v1/batch' ? `{"batch":[${call}]}` : call;
    expect(seen(await send(it, url, body))).toEqual(answer);
    expect(loggedBy(it)).toMatchObject([
      {
        id: 'm',
        userId: 'u',
        type: 'E',
        metadata: { event: 'E', context: { ip: 'i' }, original: digestOf(properties) },
      },
    ]);
    const [letter] = lettersOf(it);
    expect(letter).toMatchObject({ code: 'invalid', activityId: 'm' });
    expect(JSON.parse(Buffer.from(letter?.value ?? []).toString())).toMatchObject({
      userId: 'u',
      properties: digestOf(properties),
    });
    await send(it, url, body);
    expect(lettersOf(it)).toHaveLength(1);
  },
);

test('a name that is too deep to be parsed is mended too', async () => {
  const it = await service({ maxBodyBytes: 4_000_000 });
  const call = `{"userId":${deep},"messageId":${deep},"timestamp":${deep},"event":${deep},"anonymousId":"a"}`;
  expect((await send(it, '/v1/track', call)).statusCode).toBe(200);
  expect(loggedBy(it)).toMatchObject([
    {
      id: expect.stringMatching(/^\{"bytes":\d+,"sha256":"[\da-f]{64}"\}$/) as string,
      userId: 'a',
      type: 'TRACK',
      metadata: { original: { userId: digestOf(deep), timestamp: digestOf(deep), event: digestOf(deep) } },
    },
  ]);
});

test('malformed JSON in a call that is parsed member by member is 400', async () => {
  const it = await service();
  const call = `{"userId":"u","event":nothing,"properties":${deep}}`;
  expect((await send(it, '/v1/track', call)).statusCode).toBe(400);
  expect((await send(it, '/v1/batch', `{"batch":[${call}]}`)).statusCode).toBe(400);
  expect((await send(it, '/v1/track', deep.slice(0, -1))).statusCode).toBe(400);
  expect((await send(it, '/v1/track', `[${deep}]`)).statusCode).toBe(400);
});

test.each(['integrations', 'context'])('a batch keeps its calls, whatever its %s is', async (name) => {
  const it = await service({ maxBodyBytes: 4_000_000 });
  for (const value of [deep, large]) {
    const body = `{"${name}":${value},"batch":[{"userId":"u","event":"E"},{"userId":"v"}]}`;
    expect(seen(await send(it, '/v1/batch', body))).toEqual({
      status: 200,
      body: { success: true, rejected: [] },
    });
  }
  const original = (text: string) => (name === 'context' ? { original: { context: digestOf(text) } } : {});
  expect(loggedBy(it).map(({ metadata }) => metadata)).toEqual([
    { event: 'E', ...original(deep) },
    original(deep),
    { event: 'E', ...original(large) },
    original(large),
  ]);
});
