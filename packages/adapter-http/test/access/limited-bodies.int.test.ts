import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { post, type Service } from '../service.ts';
import { limitedKey, limitsSeen } from './limited.ts';

/** Sends the head of a request, and some bytes of its body. */
async function begin({ app }: Service, key: string, head: string, body = ''): Promise<Socket> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  const lines = [
    'POST /api/logs HTTP/1.1',
    'Host: localhost',
    `X-Api-Key: ${key}`,
    'Content-Type: application/json',
  ];
  socket.write(`${[...lines, head].join('\r\n')}\r\n\r\n${body}`);
  return socket;
}

const draft = { userId: 'ann', type: 'LOGIN' };
const draftBytes = JSON.stringify(draft).length;

/** Waits until the announced body of another request counts. */
async function untilRefused(it: Service, withKey: Record<string, string>): Promise<number> {
  for (let accepted = 0; ; accepted += 1) {
    const { statusCode } = await post(it.app, '/api/logs', draft, withKey);
    if (statusCode === 429) return accepted;
    await nextTurn();
  }
}

test('an announced body counts before it arrives, and bytes that do not arrive are subtracted again', async () => {
  const { it, key, withKey } = await limitedKey({ bytesPerSecond: 10_000 });
  const socket = await begin(it, key.secret, 'Content-Length: 90000', '{"userId":');
  const accepted = await untilRefused(it, withKey);
  socket.destroy();
  const next = async () => limitsSeen(await post(it.app, '/api/logs', draft, withKey));
  let seen = await next();
  for (; seen.status === 429; seen = await next()) await nextTurn();
  const left = 50_000 - '{"userId":'.length - (accepted + 1) * draftBytes;
  expect(seen.limit).toBe(`"key-bytesPerSecond";r=${left};t=1`);
});

test('a refused request is answered before its body arrives', async () => {
  const { it, key, withKey } = await limitedKey({ bytesPerSecond: 1 });
  await post(it.app, '/api/logs', draft, withKey);
  const socket = await begin(it, key.secret, 'Transfer-Encoding: chunked');
  const [answer] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
  expect(answer).toMatch(/^HTTP\/1\.1 429 [^]+\r\nconnection: close\r\n/i);
});
