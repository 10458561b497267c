import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceProcess } from '@user-activity/test-kit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Ended, runCli } from './run-cli.ts';

const key = 'the-key-of-the-test';

/** Runs `dead-letters` with these arguments. */
const run = (args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> =>
  runCli(['dead-letters', ...args], environment);

const folder = mkdtempSync(join(tmpdir(), 'user-activity-cli-'));
const service = new ServiceProcess({ folder, environment: { API_KEYS: key } });
let url: string;
let environment: Record<string, string>;

beforeAll(async () => {
  url = await service.ready();
  environment = { USER_ACTIVITY_URL: url, API_KEY: key };
});
afterAll(async () => {
  await service.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, init: RequestInit = {}, project = 'default'): Promise<Response> =>
  fetch(`${url}${path}`, {
    ...init,
    headers: { 'x-api-key': key, 'x-project': project, 'content-type': 'application/json' },
  });
const log = (body: object, project?: string): Promise<Response> =>
  ask('/api/logs', { method: 'POST', body: JSON.stringify({ userId: '123', ...body }) }, project);

/** Waits until `count` letters are listed that died at none of the times in `before`. Returns all listed letters. */
async function listed(count: number, before: readonly string[] = [], ...args: readonly string[]) {
  for (;;) {
    const { out } = await run(['list', '--json', '--order', 'asc', ...args], environment);
    const lines = out.split('\n').filter((line) => line !== '');
    const letters = lines.map((line) => JSON.parse(line) as { id: string; diedAt: string; code: string });
    const news = letters.filter(({ diedAt }) => !before.includes(diedAt));
    if (news.length === count) return letters;
    await delay(20);
  }
}

test('lists conflicts, replays them by id or with --all, and lists the conflicts that failed again', async () => {
  expect(await run(['list'], environment)).toEqual({
    code: 0,
    out: '',
    err: 'No dead letters match.\n',
  });
  await log({ id: 'same', type: 'LOGIN' });
  for (const type of ['A', 'B', 'C']) await log({ id: 'same', type });
  const first = await listed(3);
  const ids = first.map((letter) => letter.id);
  const id = String(ids[0]);
  const shown = await run(['list', '--limit', '2', '--code', 'conflict'], environment);
  expect(shown).toMatchObject({ code: 0, err: 'There are more dead letters: use a larger --limit.\n' });
  const lines = shown.out.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  const lately = await run(['list', '--json', '--from=-1h', '--to=now'], environment);
  expect(lately.out.trimEnd().split('\n')).toHaveLength(3);
  expect(await run(['list', '--json', '--from', '-1h', '--to', 'now'], environment)).toEqual(lately);
  expect(lines[0]).toMatch(/^ID +DIED AT +CODE +BYTES +REASON$/);
  expect(lines[1]).toMatch(/^user-activity:0:4 +2\S+Z +conflict +\d+ +its id already holds another fact$/);

  expect(await run(['replay', id], environment)).toEqual({ code: 0, out: '1 replayed\n', err: '' });
  const died = first.map(({ diedAt }) => diedAt);
  expect((await listed(1, died)).map((letter) => letter.id).toSorted()).toEqual(ids.toSorted());
  expect(await run(['replay', '--all', '--json'], environment)).toEqual({
    code: 0,
    out: '{"replayed":3}\n',
    err: '',
  });
  expect(await run(['replay', 'user-activity:0:999'], environment)).toMatchObject({ out: '0 replayed\n' });
});

test('lists invalid calls, which were never on the log, and says that they cannot be replayed', async () => {
  await ask('/v1/track', { method: 'POST', body: JSON.stringify({ event: 'E' }) });
  const { out } = await run(['list', '--code', 'invalid'], environment);
  const [, id = ''] = /^(http:\d+:\d+) +2\S+Z +invalid +\d+ +\/userId is required$/m.exec(out) ?? [];
  const named = await run(['replay', id], environment);
  expect(named).toMatchObject({ code: 2, out: '' });
  expect(named.err).toContain('/ids/0 was refused before it reached the log');
  expect((await run(['replay', '--all'], environment)).code).toBe(0);
  expect((await run(['list', '--code', 'invalid'], environment)).out).toBe(out);
});

test('--project lists and replays the dead letters of one project only', async () => {
  const project = ['--project', 'shop'];
  for (const type of ['LOGIN', 'A', 'B']) await log({ id: 'of-shop', type }, 'shop');
  const letters = await listed(2, [], ...project);
  const before = await run(['list', '--json', '--order', 'asc'], environment);
  for (const { id } of letters) expect(before.out).not.toContain(id);
  const ids = letters.map(({ id }) => id);
  expect(await run(['replay', ...ids], environment)).toMatchObject({ out: '0 replayed\n' });
  expect(await run(['replay', ...ids, ...project], environment)).toMatchObject({ out: '2 replayed\n' });
  const died = letters.map(({ diedAt }) => diedAt);
  expect((await listed(2, died, ...project)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(await run(['replay', '--all', ...project], environment)).toMatchObject({ out: '2 replayed\n' });
  expect(await run(['list', '--json', '--order', 'asc'], environment)).toEqual(before);
  expect(await run(['list', '--project', '_system'], environment)).toMatchObject({
    code: 0,
    err: 'No dead letters match.\n',
  });
});

test('--url and --key take precedence over the variables', async () => {
  const wrong = { USER_ACTIVITY_URL: 'http://127.0.0.1:1', API_KEY: 'wrong' };
  expect(await run(['list', '--json', '--url', `${url}/`, '--key', key], wrong)).toMatchObject({ code: 0 });
});

test('`list` reads further pages up to the limit, all of the same project', async () => {
  const asked: string[] = [];
  const projects: unknown[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', url);
    asked.push(searchParams.toString());
    projects.push(request.headers['x-project']);
    const count = Number(searchParams.get('limit'));
    const data = Array.from({ length: count }, (_, index) => ({
      id: `t:0:${index}`,
      diedAt: '2026-11-24T12:00:00.000Z',
      code: 'conflict',
      size: 1,
      reason: '\u001b[2J',
    }));
    response.end(JSON.stringify({ data, pagination: { nextCursor: 'next' } }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const options = ['--limit', '700', '--project', 'shop', '--url', `http://127.0.0.1:${port}`];
  const { code, out } = await run(['list', ...options]);
  expect(code).toBe(0);
  expect(projects).toEqual(['shop', 'shop']);
  expect(asked).toEqual(['limit=500', 'limit=500&cursor=next']);
  expect(out.trimEnd().split('\n')).toHaveLength(701);
  expect(out).not.toContain('\u001b');
});

test('`replay` sends --all in the body, names no project without --project, and reports a replay that is already running', async () => {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push([body, request.headers['x-project']]);
      response.writeHead(409, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ title: 'Conflict', detail: 'Another replay is under way.' }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await run(['replay', '--all', '--url', `http://127.0.0.1:${port}`])).toEqual({
    code: 1,
    out: '',
    err: 'The service answered 409 Conflict: Another replay is under way.\n',
  });
  expect(bodies).toEqual([['{"all":true}', undefined]]);
});

describe('invalid usage and failed requests give a message and an exit code', () => {
  test.each([
    [[], 2, 'Name a command.'],
    [['remove'], 2, "unknown command 'remove'"],
    [['list', '--colour'], 2, '--colour'],
    [['list', 'a:0:1'], 2, 'too many arguments'],
    [['list', '--limit', '0'], 2, /--limit .* must be a whole number from 1 to 999999999/],
    [['list', '--code', 'odd', '--order', 'up'], 2, /\/code must be one of .*\n {2}\/order must be/],
    [['replay'], 2, 'either ids of dead letters or --all'],
    [['replay', '--all', 'a:0:1'], 2, 'either ids of dead letters or --all'],
    [['replay', 'a:0:1', 'nonsense'], 2, '/ids/1 must be the id of a dead letter'],
    [['list', '--key', 'wrong'], 1, /401 .*\n.*Set API_KEY/],
    [['list', '--url', 'http://127.0.0.1:1'], 1, 'http://127.0.0.1:1 does not answer'],
    [['list', '--url', 'ftp://127.0.0.1'], 2, 'http:// or https://'],
    [['list', '--url', 'nowhere'], 2, 'http:// or https://'],
    [['list', '--project', ''], 2, 'The project must consist of printable ASCII'],
    [['list', '--project', 'a b'], 2, 'The project must consist of printable ASCII'],
    [['replay', '--all', '--project', 'a\nb: c'], 2, 'The project must consist of printable ASCII'],
    [['replay', '--all', '--project', 'é'], 2, 'The project must consist of printable ASCII'],
    [['list', '--project', 'Shop'], 2, /400 .*X-Project/i],
    [['list', '--project', 'x'.repeat(65)], 2, /400 .*X-Project/i],
    [['list', '--project=-a'], 2, /400 .*X-Project/i],
    [['replay', '--all', '--project', '_x'], 2, /400 .*X-Project/i],
  ])('%j', async (args, code, message) => {
    const ended = await run(args, environment);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toContain('    at ');
    expect(ended.err).not.toContain(key);
  });

  test.each([[['--help']], [['list', '--help']], [['replay', '-h']]])('%j shows the usage', async (args) => {
    const { code, out } = await run(args);
    expect(code).toBe(0);
    expect(out).toContain('Usage: user-activity-log dead-letters');
  });
});
