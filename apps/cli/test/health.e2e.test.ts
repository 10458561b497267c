import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Runs the command `health` for a service on this port. */
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

/** Starts a service that gives this answer. Returns its port. */
async function startServiceThatAnswers(status: number, answer: string): Promise<number> {
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

test('the exit code is 0 if the service is ready', async () => {
  expect(await run(await startServiceThatAnswers(200, '{"status":"ok"}'))).toEqual({
    code: 0,
    out: '{"status":"ok"}\n',
    err: '',
  });
});

test('the exit code is 1 if the service is not ready, and the message has its report', async () => {
  expect(await run(await startServiceThatAnswers(503, '{"status":"down"}'))).toEqual({
    code: 1,
    out: '',
    err: 'The service is not ready (503): {"status":"down"}\n',
  });
});

test('the exit code is 1 if no service answers', async () => {
  // Nothing listens on port 1.
  expect(await run(1)).toEqual({
    code: 1,
    out: '',
    err: 'The service does not answer: check --url or USER_ACTIVITY_URL, or HOST and PORT.\n',
  });
});
