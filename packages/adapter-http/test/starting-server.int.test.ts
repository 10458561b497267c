import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { CheckHealth, Health } from '@user-activity/application';
import { expect, onTestFinished, test } from 'vitest';
import { serveWhileStarting } from '../src/index.ts';
import { recordingLogger } from './recording-logger.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const unavailable: Health = { status: 'unavailable', checks: { log: 'unavailable', store: 'unavailable' } };

/** Starts a server for a process that is starting. Returns a function that opens a connection and sends lines. */
async function starting(
  maxConnections = 10,
  checkHealth: CheckHealth = async () => unavailable,
): Promise<(...lines: string[]) => Socket> {
  const port = await freePort();
  const early = await serveWhileStarting({
    checkHealth,
    host: '127.0.0.1',
    port,
    maxConnections,
    logger: recordingLogger().logger,
  });
  onTestFinished(() => early.close());
  return (...lines) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    if (lines.length > 0) socket.write(lines.join('\r\n'));
    return socket;
  };
}

/** Returns all that the server sends until it ends its side of the connection. */
async function text(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks).toString();
}

const get = (path: string) => [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', '', ''];

test('above the maximum, new connections are closed without a response', async () => {
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<Health>()];
  const open = await starting(1, () => {
    asked.resolve();
    return answer.promise;
  });
  const first = text(open(...get('/health/ready')));
  await asked.promise;
  expect(await text(open(...get('/health/live')))).toBe('');
  answer.resolve(unavailable);
  expect(await first).toContain('HTTP/1.1 503');
});

test('a response is complete, although its client still sends a body, which is not read', async () => {
  const open = await starting();
  const socket = open('POST /api/logs HTTP/1.1', 'Host: localhost', 'Content-Length: 1000000000', '', '');
  const answer = text(socket);
  const closed = new Promise((resolve) => {
    socket.once('close', resolve);
  });
  const filler = Buffer.alloc(64 * 1024, 'x');
  const send = (): void => {
    while (socket.writable && socket.write(filler));
  };
  socket.on('drain', send);
  send();
  expect(await answer).toMatch(/^HTTP\/1.1 503 [^]+retry-after: 5[^]+"status":503/i);
  expect(await answer).toMatch(/^x-content-type-options: nosniff\r$/im);
  await closed;
});

test.each([
  ['no HTTP', 'nonsense\r\n\r\n', 400, 'application/problem+json'],
  [
    'an unknown expectation',
    get('/health/live').join('\r\n').replace('\r\n', '\r\nExpect: miracles\r\n'),
    200,
    'application/json',
  ],
])('%s gets the same answer as from the other servers', async (_, request, status, type) => {
  const open = await starting();
  const answer = await text(open(request));
  expect(answer).toContain(`HTTP/1.1 ${status}`);
  expect(answer).toContain(type);
});
