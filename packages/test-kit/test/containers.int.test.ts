import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { dockerAnswers } from '../src/servers/containers.ts';

beforeAll(() => vi.stubEnv('DOCKER_HOST', ''));

/** Starts a fake engine that answers a ping with a status. Resolves with its socket. */
async function engine(status: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'user-activity-engine-'));
  const socket = join(folder, 'docker.sock');
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/_ping' ? status : 404;
    response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  return socket;
}

test('dockerAnswers returns true if the engine answers, and false if it fails or does not exist', async () => {
  expect(await dockerAnswers(await engine(200))).toBe(true);
  expect(await dockerAnswers(await engine(500))).toBe(false);
  expect(await dockerAnswers('/nowhere/docker.sock')).toBe(false);
});
