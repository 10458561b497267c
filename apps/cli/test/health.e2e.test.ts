import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Runs `health` as a process beside a service on that port. */
async function run(port: number): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, [main, 'health'], {
    env: { PATH: process.env['PATH'], HOST: '0.0.0.0', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, closed] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: closed[0] as unknown, out, err };
}

/** The port of a service that answers so. */
async function serviceThatAnswers(status: number, answer: string): Promise<number> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/health/ready' ? status : 404).end(answer);
  });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('a service that is ready is 0', async () => {
  expect(await run(await serviceThatAnswers(200, '{"status":"ok"}'))).toEqual({
    code: 0,
    out: '{"status":"ok"}\n',
    err: '',
  });
});

test('one that is not is 1, with what it says of itself', async () => {
  expect(await run(await serviceThatAnswers(503, '{"status":"down"}'))).toEqual({
    code: 1,
    out: '',
    err: 'The service is not ready (503): {"status":"down"}\n',
  });
});

test('no service is 1', async () => {
  // Nothing listens on port 1.
  expect(await run(1)).toEqual({
    code: 1,
    out: '',
    err: 'The service does not answer: check HOST and PORT, or USER_ACTIVITY_URL.\n',
  });
});
