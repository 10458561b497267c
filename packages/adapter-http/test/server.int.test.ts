import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { buildServer } from '../src/index.ts';
import { onMemory, service } from './service.ts';

const port = (url: string): number => Number(new URL(url).port);

/** Sends bytes. Returns all that the server sends until it ends the connection. */
async function spoken(at: number, bytes: string): Promise<string> {
  const socket = connect(at, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

test.each([
  ['nonsense', 'nonsense\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
  ['headers too large', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 'HTTP/1.1 431 Request Header'],
])('%s is answered with a problem and closes the connection', async (_, bytes, status) => {
  const it = await service();
  const answer = await spoken(port(await it.app.listen({ host: '127.0.0.1', port: 0 })), bytes);
  expect(answer).toContain(status);
  expect(answer).toContain('application/problem+json');
});

test('while stopping, requests in progress are finished, and new ones get 503', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const it = await service({
    useCases: {
      async findActivity() {
        begun.resolve();
        await gate.promise;
        return undefined;
      },
    },
  });
  const at = port(await it.app.listen({ host: '127.0.0.1', port: 0 }));
  const late = connect(at, '127.0.0.1');
  await once(late, 'connect');
  late.write('GET /api/logs HTTP/1.1\r\n');
  const early = connect(at, '127.0.0.1');
  early.write('GET /api/logs/a HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await begun.promise;
  const closed = it.app.close();
  late.write('Host: localhost\r\n\r\n');
  const refused = await text(late);
  expect(refused).toContain('HTTP/1.1 503 Service Unavailable');
  expect(refused).toContain('The service is stopping.');
  expect(refused).toMatch(/connection: close/i);
  gate.resolve();
  expect(await text(early)).toContain('HTTP/1.1 404 Not Found');
  await closed;
});

test('a client that never ends its request does not delay the stop of the server', async () => {
  const server = await buildServer(onMemory({ closeTimeoutMs: 100 }).options);
  const socket = connect(port(await server.listen({ host: '127.0.0.1', port: 0 })), '127.0.0.1');
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  socket.on('error', () => undefined);
  const head = [
    'POST /api/logs HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 100',
  ];
  socket.write([...head, 'Expect: 100-continue', '', '{'].join('\r\n'));
  // The server has the head of the request, and waits for a body that never arrives.
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toContain('100 Continue');
  await server.close();
  await ended;
});

test('a client that disconnects in the middle of its body affects no other client', async () => {
  const it = await service();
  const at = port(await it.app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(at, '127.0.0.1');
  const gone = once(socket, 'close');
  socket.write(
    'POST /api/logs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u',
  );
  socket.destroy();
  await gone;
  const agent = new Agent();
  const answer = request({ host: '127.0.0.1', port: at, path: '/api/logs', agent }).end();
  const [response] = (await once(answer, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  response.resume();
  agent.destroy();
  expect(it.logged()).toEqual([]);
});

test('most requests of a client that pipelines hundreds are refused', async () => {
  const gate = Promise.withResolvers<void>();
  const asked: string[] = [];
  const it = await service({
    useCases: {
      async findActivity(_, { id }) {
        asked.push(id);
        await gate.promise;
        return undefined;
      },
    },
  });
  const socket = connect(port(await it.app.listen({ host: '127.0.0.1', port: 0 })), '127.0.0.1');
  socket.write('GET /api/logs/a HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(300));
  while (asked.length < 8) await nextTurn();
  gate.resolve();
  const answers = await text(socket);
  expect(asked).toHaveLength(8);
  expect(answers.match(/HTTP\/1\.1 404/g)).toHaveLength(8);
  expect(answers.match(/HTTP\/1\.1 503/g)).toHaveLength(1);
  expect(answers).toMatch(/connection: close/i);
});

test('while stopping, the process is live but not ready', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const it = await service({
    useCases: {
      async findActivity() {
        begun.resolve();
        await gate.promise;
        return undefined;
      },
    },
  });
  const at = port(await it.app.listen({ host: '127.0.0.1', port: 0 }));
  const [ready, live, busy] = [1, 2, 3].map(() => connect(at, '127.0.0.1'));
  if (ready === undefined || live === undefined || busy === undefined) throw new Error('No sockets.');
  ready.write('GET /health/ready HTTP/1.1\r\n');
  live.write('GET /health/live?now=1 HTTP/1.1\r\n');
  busy.write('GET /api/logs/a HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await begun.promise;
  const closed = it.app.close();
  for (const socket of [ready, live]) socket.write('Host: localhost\r\n\r\n');
  const answer = await text(ready);
  expect(answer).toContain('HTTP/1.1 503');
  expect(answer).toContain('{"status":"unavailable","checks":{"log":"ok","store":"ok"}}');
  expect(await text(live)).toContain('HTTP/1.1 200');
  gate.resolve();
  await closed;
});

test('a request with a malformed path is logged', async () => {
  const it = await service();
  await it.app.inject({ method: 'GET', url: '/api/logs/%zz' });
  const lines = it.lines.filter((line) => line.includes('"request"'));
  expect(lines.map((line) => (JSON.parse(line) as { what: object }).what)).toEqual([
    { method: 'GET', route: null, status: 400, ms: 0 },
  ]);
});

test('a client that disconnects while it waits no longer counts as waiting', async () => {
  const it = await service();
  const at = port(await it.app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(at, '127.0.0.1');
  const body = '{"userId":"123","type":"LOGIN"}';
  const head = ['POST /api/logs HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
  // Two `Prefer` headers are one list.
  const prefer = ['Prefer: foo="a, b"', 'Prefer: wait=30'];
  socket.write([...head, ...prefer, `Content-Length: ${body.length}`, '', body].join('\r\n'));
  while (it.outcomeWaiter.waiting === 0) await nextTurn();
  socket.destroy();
  while (it.outcomeWaiter.waiting > 0) await nextTurn();
  expect(it.logged()).toHaveLength(1);
});
