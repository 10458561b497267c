import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { measureBytes, until } from './bytes-held.ts';
import { type Service, service } from './service.ts';

const held = measureBytes();

const portOf = async ({ app }: Service): Promise<number> =>
  Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);

function open(port: number, ...lines: string[]): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write([...lines, '', ''].join('\r\n'));
  onTestFinished(() => void socket.destroy());
  return socket;
}

const get = ['GET /metrics HTTP/1.1', 'Host: localhost'];

test('a body counts with its decoded size as it grows, and blocks neither health nor requests that fit', async () => {
  const it = await service({ maxBytesInFlight: 300_000 });
  const port = await portOf(it);
  const bomb = Buffer.concat([
    Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255),
    deflateRawSync(Buffer.alloc(90_000, ' '), { finishFlush: constants.Z_SYNC_FLUSH }),
  ]);
  const head = ['POST /api/logs HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
  const sockets = [1, 2, 3].map(() => open(port, ...head, 'Content-Encoding: gzip', 'Content-Length: 1000'));
  for (const socket of sockets) socket.write(bomb);
  await until(async () => (await held()) === 270_000);
  const payload =
    JSON.stringify({ userId: 'a', type: 'B', metadata: { fill: 'x'.repeat(10_000) } }) + ' '.repeat(30_000);
  const post = { method: 'POST', url: '/api/logs', headers: { 'content-type': 'application/json' } } as const;
  const refused = await it.app.inject({ ...post, payload });
  expect(refused.statusCode).toBe(503);
  expect(refused.headers['retry-after']).toBe('1');
  expect((await it.app.inject({ ...post, payload: '{"userId":"a","type":"B"}' })).statusCode).toBe(202);
  expect((await it.app.inject('/health/ready')).statusCode).toBe(200);
  // A client that stops in the middle of a body that is refused, and then disconnects, affects no other client.
  const late = open(port, ...head, 'Content-Encoding: gzip', 'Content-Length: 1000');
  late.write(bomb);
  await once(late, 'data');
  late.destroy();
  for (const socket of sockets) socket.destroy();
  await until(async () => (await held()) === 0);
  expect((await it.app.inject({ ...post, payload })).statusCode).toBe(202);
});

test('a response counts until its client has read it, and other requests are refused until then', async () => {
  // The sockets of a connection hold some megabytes themselves, which are not counted.
  const page = 12_000_000;
  const it = await service({ maxBytesInFlight: 27_000_000, scrapeMetrics: async () => 'x'.repeat(page) });
  const port = await portOf(it);
  const readers = [open(port, ...get), open(port, ...get)].map((socket) => socket.pause());
  await until(async () => (await held()) === 2 * page);
  expect((await it.app.inject('/metrics')).statusCode).toBe(503);
  expect((await it.app.inject('/health/live')).statusCode).toBe(200);
  for (const socket of readers) socket.resume();
  await until(async () => (await held()) === 0);
  expect((await it.app.inject('/metrics')).statusCode).toBe(200);
  expect(await held('bytes_in_flight_limit')).toBe(27_000_000);
});

test('one connection holds a few pages at most, and frees all of them when it closes', async () => {
  const page = 5_500_000;
  const it = await service({ maxBytesInFlight: 1_000_000_000, scrapeMetrics: async () => 'x'.repeat(page) });
  const port = await portOf(it);
  const socket = open(port, Array.from({ length: 8 }, () => get.join('\r\n')).join('\r\n\r\n')).pause();
  // The sockets may hold one page themselves.
  await until(async () => (await held()) >= 2 * page);
  expect((await it.app.inject('/health/live')).statusCode).toBe(200);
  expect(await held()).toBeLessThan(4 * page);
  socket.destroy();
  await until(async () => (await held()) === 0);
});

test('nothing is held after requests with every kind of outcome', async () => {
  const it = await service({ maxBytesInFlight: 300_000 });
  const port = await portOf(it);
  const head = (path: string, type: string, ...more: string[]) => [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    `Content-Type: ${type}`,
    ...more,
  ];
  const zipped = gzipSync('{"userId":"a","type":"B"}');
  const exchanges: readonly (readonly [head: string[], body: string | Buffer])[] = [
    [['GET /api/logs HTTP/1.1', 'Host: localhost'], ''],
    [['HEAD /api/logs HTTP/1.1', 'Host: localhost'], ''],
    [['GET /none HTTP/1.1', 'Host: localhost'], ''],
    [['GET /docs/static/swagger-ui.css HTTP/1.1', 'Host: localhost'], ''],
    [['GET /api/logs HTTP/1.1', 'Host: evil.example'], ''],
    [head('/api/logs', 'application/json', 'Content-Length: 25'), '{"userId":"a","type":"B"}'],
    [head('/api/logs', 'application/json', 'Content-Length: 2'), '{}'],
    [head('/api/logs', 'application/json', 'Content-Length: 1'), '{'],
    [head('/api/logs', 'application/json', 'Content-Length: 1000000'), 'x'.repeat(100_000)],
    [
      head('/api/logs', 'application/json', 'Transfer-Encoding: chunked'),
      `20000\r\n${'x'.repeat(0x20000)}\r\n`,
    ],
    [head('/api/logs', 'application/json', 'Transfer-Encoding: chunked'), '2\r\n{}\r\nnonsense'],
    [head('/api/logs', 'text/csv', 'Content-Length: 25'), '{"userId":"a","type":"B"}'],
    [
      head('/api/logs', 'application/json', 'Content-Encoding: gzip', `Content-Length: ${zipped.length}`),
      zipped,
    ],
    [head('/api/logs', 'application/json', 'Content-Encoding: gzip', 'Content-Length: 9'), 'nonsense!'],
    [head('/api/logs/batch', 'application/x-ndjson', 'Content-Length: 26'), '{"userId":"a","type":"B"}\n'],
    [
      head('/api/logs/batch', 'application/x-ndjson', 'Transfer-Encoding: chunked'),
      `20000\r\n${' '.repeat(0x20000)}\r\n`,
    ],
    [head('/api/events', 'text/plain', 'Content-Length: 3'), 'abc'],
    [head('/v1/batch', 'application/json', 'Content-Length: 12'), '{"batch":[]}'],
  ];
  const goes = async (index: number): Promise<void> => {
    const [lines, body] = exchanges[index % exchanges.length] ?? [[], ''];
    const socket = open(port, ...lines);
    socket.write(body);
    const closed = once(socket, 'close');
    // Some clients read the response, some disconnect in the middle of the body, and some disconnect before they read.
    if (index % 3 === 0) await once(socket, 'data').catch(() => undefined);
    else if (index % 3 === 1) await once(socket, 'connect');
    socket.destroy();
    await closed;
  };
  for (let round = 0; round < 6; round += 1)
    await Promise.all(exchanges.map((_, index) => goes(index + round * (exchanges.length + 1))));
  await until(async () => (await held()) === 0);
  expect((await it.app.inject('/api/logs')).statusCode).toBe(200);
  expect(await held()).toBe(0);
});

test('bodies that hold their key leave memory for bodies with a key in a header', async () => {
  const maxBytesInFlight = 16 * 1024 * 1024;
  const it = await service({ apiKeys: ['key'], maxBytesInFlight, maxBodyBytes: 4_000_000 });
  const port = await portOf(it);
  const head = ['POST /v1/b HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
  const strangers = [1, 2].map(() => open(port, ...head, 'Content-Length: 1048576'));
  for (const socket of strangers) socket.write(' '.repeat(1_048_575));
  await until(async () => (await held()) === 2 * 1_048_575);
  const track = { type: 'track', userId: 'u', event: 'E' };
  const payload = JSON.stringify({ batch: [track], writeKey: 'key' });
  const post = (url: string, headers = {}) =>
    it.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...headers },
      payload,
    });
  const refused = await post('/v1/b');
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
  expect((await post('/v1/b', { 'x-api-key': 'key' })).statusCode).toBe(200);
  for (const socket of strangers) socket.destroy();
  await until(async () => (await held()) === 0);
  // A request whose key was checked no longer counts as unauthenticated, whatever happens to it later.
  for (let round = 0; round < 40; round += 1) expect((await post('/v1/b')).statusCode).toBe(200);
  const padded = `${' '.repeat(1_000_000)}${payload}`;
  const both = await Promise.all(
    [padded, padded].map((body) =>
      it.app.inject({
        method: 'POST',
        url: '/v1/b',
        headers: { 'content-type': 'application/json' },
        payload: body,
      }),
    ),
  );
  expect(both.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect(await held()).toBe(0);
});
