import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { service } from './service.ts';

/** Sends a request for all activities with these header lines. Each character is sent as one byte. */
async function ask(lines: readonly string[]): Promise<string> {
  const it = await service();
  const { port } = new URL(await it.app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(port), '127.0.0.1');
  const head = ['GET /api/logs HTTP/1.1', 'Host: localhost', 'Connection: close', ...lines];
  socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'));
  return text(socket);
}

test.each([
  ['is repeated', ['X-Project: shop', 'X-Project: forum'], 'must be given once, with one name'],
  ['is repeated with the same name', ['X-Project: shop', 'x-project: shop'], 'must be given once'],
  ['is repeated without a name', ['X-Project:', 'X-Project:'], 'must be given once'],
  ['is empty', ['X-Project:'], 'must be 1-64 characters'],
  ['is only white space', ['X-Project: \t '], 'must be 1-64 characters'],
  ['is UTF-8', ['X-Project: caf\u00c3\u00a9'], 'must be 1-64 characters'],
  ['is Latin-1', ['X-Project: caf\u00e9'], 'must be 1-64 characters'],
])('X-Project that %s is refused', async (_, lines, message) => {
  const answer = await ask(lines);
  expect(answer).toContain('HTTP/1.1 400 Bad Request');
  expect(answer).toContain('application/problem+json');
  expect(answer).toContain(`"errors":[{"path":"/X-Project","message":"${message}`);
});

test('white space around X-Project and the case of its name are ignored', async () => {
  expect(await ask(['x-PROJECT: \t shop \t'])).toContain('HTTP/1.1 200 OK');
});
