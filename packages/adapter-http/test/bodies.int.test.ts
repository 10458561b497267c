import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import zlib, { constants, deflateRawSync, type Gunzip, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildServer } from '../src/index.ts';
import { onMemory, type Service, service } from './service.ts';

/** Every decompressor that the service made. */
const decoders: Gunzip[] = [];
const { createGunzip } = zlib;

/** Replaces the function in its module, also for modules that import it by name. */
function replaceCreateGunzip(value: typeof createGunzip): void {
  Object.defineProperty(zlib, 'createGunzip', { value, configurable: true, enumerable: true });
  syncBuiltinESMExports();
}

beforeAll(() =>
  replaceCreateGunzip((options) => {
    const decoder = createGunzip(options);
    decoders.push(decoder);
    return decoder;
  }),
);
afterEach(() => {
  decoders.length = 0;
});
afterAll(() => replaceCreateGunzip(createGunzip));

const line = '{"userId":"u","type":"T"}\n';
/** A kind of body: the path to which it is sent, its media type, and its encoding. */
type Kind = readonly [path: string, type: string, encoding: 'gzip' | undefined];

const kinds = [
  ['/api/logs', 'application/json', undefined],
  ['/api/logs', 'application/json', 'gzip'],
  ['/api/logs/batch', 'application/x-ndjson', undefined],
  ['/api/logs/batch', 'application/x-ndjson', 'gzip'],
  ['/api/events', 'text/plain', 'gzip'],
] as const satisfies readonly Kind[];

const portOf = async ({ app }: Service): Promise<number> =>
  Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);

/** Opens a connection, and begins a request on it whose body has no known length. */
function begun(port: number, [path, type, encoding]: Kind, ...more: string[]): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    [
      `POST ${path} HTTP/1.1`,
      'Host: localhost',
      `Content-Type: ${type}`,
      ...(encoding === undefined ? [] : [`Content-Encoding: ${encoding}`]),
      'Transfer-Encoding: chunked',
      ...more,
      '',
      '',
    ].join('\r\n'),
  );
  return socket;
}

const chunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

/** Makes the beginning of a gzip member with this content, without its end. */
function openMember(content: Buffer): Buffer {
  const header = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
  return Buffer.concat([header, deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH })]);
}

const complaints = ({ lines }: Service): readonly string[] =>
  lines.filter((entry) => /"level":"(?:error|warn|fatal)"/.test(entry));

/** Begins to watch the memory of the process. Returns a function that tells by how many bytes it has grown at most. */
function growth(): () => number {
  const before = process.memoryUsage().rss;
  let most = before;
  const look = () => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  const watch = setInterval(look, 5);
  return () => {
    clearInterval(watch);
    look();
    return most - before;
  };
}

async function untilAllAreGone(): Promise<void> {
  while (!decoders.every(({ closed }) => closed)) await nextTurn();
}

describe.each(kinds)('%s as %s, encoded as %s', (...kind) => {
  const encoded = (content: Buffer): Buffer => (kind[2] === undefined ? content : openMember(content));

  test('a body that is too large is 413 before it ends, and closes its connection', async () => {
    const it = await service();
    const socket = begun(await portOf(it), kind);
    socket.write(chunk(encoded(Buffer.alloc(1_000_000, ' '))));
    const answer = await text(socket);
    expect(answer).toContain('HTTP/1.1 413 Payload Too Large');
    expect(answer).toMatch(/connection: close/i);
    await untilAllAreGone();
    expect(decoders).toHaveLength(kind[2] === undefined ? 0 : 1);
    expect(complaints(it)).toEqual([]);
  });

  test('a client that disconnects leaves nothing behind', async () => {
    const it = await service();
    const port = await portOf(it);
    const connections = () =>
      new Promise<number>((resolve, reject) => {
        it.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      });
    const arrived: Promise<unknown>[] = [];
    it.app.server.on('request', (request: NodeJS.ReadableStream) => arrived.push(once(request, 'data')));
    const sockets = Array.from({ length: 20 }, () => begun(port, kind));
    for (const socket of sockets) socket.write(chunk(encoded(Buffer.from(line))));
    while (arrived.length < sockets.length) await nextTurn();
    await Promise.all(arrived);
    for (const socket of sockets) socket.destroy();
    while ((await connections()) > 0) await nextTurn();
    await untilAllAreGone();
    expect(it.logged()).toEqual([]);
    expect(complaints(it)).toEqual([]);
    const after = await it.app.inject('/api/logs');
    expect(after.statusCode).toBe(200);
  });

  test('a client that stops sending does not delay a stop', async () => {
    const { options } = onMemory({ closeTimeoutMs: 50 });
    const server = await buildServer(options);
    const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
    const socket = begun(Number(port), kind, 'Expect: 100-continue');
    const closed = once(socket, 'close');
    socket.write(chunk(encoded(Buffer.from(line))));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('100 Continue');
    await server.close();
    await closed;
    await untilAllAreGone();
  });
});

test('a body that arrives byte by byte is accepted', async () => {
  const it = await service();
  const port = await portOf(it);
  for (const encoding of [undefined, 'gzip'] as const) {
    const socket = begun(port, ['/api/logs/batch', 'application/x-ndjson', encoding]);
    socket.setNoDelay(true);
    const body = Buffer.from(line.repeat(3));
    for (const byte of encoding === undefined ? body : gzipSync(body)) {
      socket.write(chunk(Buffer.of(byte)));
      await nextTurn();
    }
    socket.write('0\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('"accepted":3');
    socket.destroy();
  }
  expect(it.logged()).toHaveLength(6);
});

test.each([kinds[0], kinds[2]])(
  '%s as %s, encoded as %s, takes memory only for its bytes, however many chunks they arrive in',
  async (...kind) => {
    const port = await portOf(await service());
    const grown = growth();
    const sockets = Array.from({ length: 50 }, () => begun(port, kind));
    const answers = sockets.map((socket) => text(socket));
    for (const socket of sockets) socket.write('1\r\n \r\n'.repeat(10_001));
    for (const answer of answers) expect(await answer).toContain('HTTP/1.1 413');
    // If each chunk of one byte were kept, it would take about 400 bytes.
    expect(grown()).toBeLessThan(100_000_000);
  },
);

test.each(kinds)(
  '%s as %s, encoded as %s: 10,000 small chunks are accepted, and one more is 413 with the remedy',
  async (...kind) => {
    const it = await service({ maxBatchSize: 1000 });
    const port = await portOf(it);
    const spaces = Buffer.from(' '.repeat(9_500));
    const body = kind[2] === undefined ? spaces : gzipSync(Buffer.from(line.repeat(500)), { level: 0 });
    const bytes = [...body.subarray(0, 10_001)].map((byte) => chunk(Buffer.of(byte)));
    const few = begun(port, kind);
    few.write(Buffer.concat(bytes.slice(0, 9_400)));
    few.write(chunk(Buffer.concat([body.subarray(9_400), Buffer.from(kind[2] === undefined ? line : '')])));
    few.write('0\r\n\r\n');
    const [answer] = (await once(few, 'data')) as [Buffer];
    expect(answer.toString()).not.toContain('HTTP/1.1 413');
    few.destroy();
    const many = begun(port, kind);
    many.write(
      Buffer.concat(kind[2] === undefined ? Array<Buffer>(10_001).fill(chunk(Buffer.from(' '))) : bytes),
    );
    expect(await text(many)).toMatch(/HTTP\/1\.1 413[^]+send it in larger chunks/);
  },
);

test.each([kinds[2], kinds[3]])(
  'if a body is not read to its end, its connection is closed: %s as %s, encoded as %s',
  async (...kind) => {
    const it = await service({
      useCases: {
        async logActivities(_project, portions) {
          for await (const portion of portions) throw new TypeError(`A bug, of ${portion.length}.`);
          throw new Error('There is a portion.');
        },
      },
    });
    const socket = begun(await portOf(it), kind);
    const body = Buffer.from(`${' '.repeat(9000)}${line}`.repeat(10));
    const bytes = kind[2] === undefined ? body : gzipSync(body, { level: 0 });
    socket.write(chunk(bytes.subarray(0, -100)));
    const [failed] = (await once(socket, 'data')) as [Buffer];
    expect(failed.toString()).toMatch(/^HTTP\/1.1 500 [^]+connection: close/i);
    socket.write(chunk(bytes.subarray(-100)));
    socket.write('0\r\n\r\nGET /api/logs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toBe('');
    const statuses = it.lines.filter((entry) => entry.includes('"message":"request"'));
    expect(statuses.map((entry) => /"status":(\d+)/.exec(entry)?.[1])).toEqual(['500']);
    await untilAllAreGone();
  },
);

test('after an error in the middle of a body, the rest of it is not taken for a request', async () => {
  const it = await service({ maxBatchSize: 1 });
  const socket = begun(await portOf(it), kinds[2]);
  const smuggled = 'DELETE /api/logs HTTP/1.1\r\nHost: localhost\r\n\r\n';
  socket.write(Buffer.concat([chunk(Buffer.from(line + line)), chunk(Buffer.from(smuggled))]));
  socket.write(`0\r\n\r\n${smuggled}`);
  const answer = await text(socket);
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413']);
});

test('a hundred gzip bombs of gigabytes cost almost nothing', async () => {
  const it = await service({ maxBodyBytes: 1_000_000 });
  const url = await it.app.listen({ host: '127.0.0.1', port: 0 });
  const bomb = gzipSync(Buffer.alloc(100_000_000));
  const grown = growth();
  const explode = async (path: string, type: string): Promise<number> => {
    const headers = { 'content-type': type, 'content-encoding': 'gzip' };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: bomb });
    await response.text();
    return response.status;
  };
  for (const [path, type] of [kinds[1], kinds[3]]) {
    const statuses = await Promise.all(Array.from({ length: 100 }, () => explode(path, type)));
    expect(new Set(statuses)).toEqual(new Set([413]));
  }
  const most = grown();
  await untilAllAreGone();
  expect(decoders).toHaveLength(200);
  // Each may hold what it decoded up to the limit; all of one kind stand for 10 GB.
  expect(most).toBeLessThan(400_000_000);
});
