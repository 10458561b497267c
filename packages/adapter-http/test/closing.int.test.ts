import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { MemoryMetrics } from '@user-activity/adapter-memory';
import { limitProject } from './access/limited.ts';
import { post, type Service, service } from './service.ts';

const listen = async ({ app }: Service): Promise<number> =>
  Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);

function open(port: number, ...lines: string[]): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  if (lines.length > 0) socket.write(lines.join('\r\n'));
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Returns all that the server sends until it ends its side of the connection. */
async function text(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks).toString();
}

const json = 'Content-Type: application/json';

test.each([
  [401, ['POST /api/logs HTTP/1.1', json]],
  [404, ['POST /nothing HTTP/1.1', json, 'X-Api-Key: key']],
  [405, ['DELETE /api/logs HTTP/1.1', json, 'X-Api-Key: key']],
  [413, ['POST /api/logs HTTP/1.1', json, 'X-Api-Key: key']],
  [429, ['POST /api/logs HTTP/1.1', json, 'X-Api-Key: key', 'X-Project: limited']],
  [415, ['POST /api/logs HTTP/1.1', 'Content-Type: text/csv', 'X-Api-Key: key']],
  [401, ['POST /api/logs HTTP/1.1', json, 'Expect: miracles']],
])(
  'after a %i that is sent before the end of the body, nothing more is read from the client',
  async (status, head) => {
    const it = await service({ apiKeys: ['key'] });
    await limitProject(it, 'limited', { itemsPerSecond: 1 }, 'key');
    const batch = Array.from({ length: 5 }, () => ({ userId: 'ann', type: 'LOGIN' }));
    await post(it.app, '/api/logs/batch', batch, { 'x-api-key': 'key', 'x-project': 'limited' });
    let read = 0;
    it.app.server.on('connection', (connection) =>
      connection.once('close', () => (read = connection.bytesRead)),
    );
    const socket = open(await listen(it), ...head, 'Host: localhost', 'Content-Length: 1000000000', '', '');
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
    });
    const answer = text(socket);
    const filler = Buffer.alloc(64 * 1024, 'x');
    const send = (): void => {
      while (socket.writable && socket.write(filler));
    };
    socket.on('drain', send);
    send();
    // The whole response arrives, although the client is still sending.
    expect(await answer).toMatch(
      new RegExp(`^HTTP/1.1 ${status} [^]+connection: close[^]+"status":${status}`, 'i'),
    );
    await closed;
    expect(read).toBeLessThan(1_000_000);
  },
);

test('if a thousand requests arrive at once, those after the refused one are dropped', async () => {
  const it = await service();
  const request = 'GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const answers = await text(open(await listen(it), request.repeat(1000)));
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual([
    ...Array.from({ length: 8 }, () => 'HTTP/1.1 404'),
    'HTTP/1.1 503',
  ]);
  expect(it.lines.filter((line) => line.includes('"status"'))).toHaveLength(9);
});

test('a connection whose refused body has arrived stays open', async () => {
  const it = await service({ apiKeys: ['key'] });
  const refused = ['POST /api/logs HTTP/1.1', 'Host: localhost', json, 'Content-Length: 2', '', '{}'];
  const next = ['GET /health/live HTTP/1.1', 'Host: localhost', 'Connection: close', '', ''];
  const answers = await text(open(await listen(it), refused.join('\r\n') + next.join('\r\n')));
  expect(answers).toContain('HTTP/1.1 401');
  expect(answers).toContain('HTTP/1.1 200');
});

test.each([
  ['in the middle of its head', ['GET /api/logs HTTP/1.1', 'Host: localhost']],
  [
    'in the middle of its body',
    ['POST /api/logs HTTP/1.1', 'Host: localhost', json, 'Content-Length: 10000', '', '{'],
  ],
])(
  'a client that trickles %s gets 408, and its connection is closed although the client keeps its side open',
  async (_, head) => {
    const it = await service({ clientTimeoutMs: 1000 });
    const closed = new Promise<void>((resolve) => {
      it.app.server.on('connection', (connection) => connection.once('close', () => resolve()));
    });
    const socket = open(await listen(it), ...head);
    // The client keeps sending, one byte at a time, and never closes its side.
    const trickle = setInterval(() => socket.write('x'), 20);
    onTestFinished(() => clearInterval(trickle));
    expect(await text(socket)).toContain('HTTP/1.1 408');
    await closed;
  },
);

test.each([
  ['GET /health/live HTTP/1.1', '200'],
  ['GET /none HTTP/1.1', '404'],
  ['DELETE /api/logs HTTP/1.1', '405'],
])('%s without a body is answered at once, and keeps its connection', async (head, status) => {
  const port = await listen(await service());
  const socket = open(port);
  for (let count = 0; count < 3; count += 1) {
    socket.write([head, 'Host: localhost', '', ''].join('\r\n'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toContain(`HTTP/1.1 ${status}`);
    expect(String(answer)).not.toMatch(/connection: close/i);
  }
});

test('above the maximum, new and idle connections are closed, and one warning is logged', async () => {
  const metrics = new MemoryMetrics();
  onTestFinished(() => metrics.stop());
  const it = await service({ maxConnections: 2 });
  const port = await listen(it);
  const body = [
    'POST /api/logs HTTP/1.1',
    'Host: localhost',
    json,
    'Content-Length: 9',
    'Expect: 100-continue',
  ];
  /** A connection in the middle of a request. */
  const busy = async (): Promise<void> => void (await once(open(port, ...body, '', '{'), 'data'));
  await once(open(port, 'GET /health/live HTTP/1.1', 'Host: localhost', '', ''), 'data');
  await busy();
  expect(await text(open(port))).toBe('');
  const probe = open(port, 'GET /health/live HTTP/1.1', 'Host: localhost', 'Connection: close', '', '');
  expect(await text(probe)).toContain('HTTP/1.1 200');
  await busy();
  expect(await text(open(port))).toBe('');
  const [count] = await metrics.read('user_activity.http.dropped_connections');
  expect(count?.value).toBe(2);
  expect(it.lines.filter((line) => line.includes('MAX_CONNECTIONS'))).toHaveLength(1);
});
