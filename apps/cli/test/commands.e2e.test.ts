import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ServiceProcess } from '@user-activity/test-kit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Ended, runCli, startCli } from './run-cli.ts';

const key = 'the-key-of-the-test';
const folder = mkdtempSync(join(tmpdir(), 'user-activity-cli-'));
const service = new ServiceProcess({
  folder,
  environment: { API_KEYS: key, ANONYMISATION_KEY: 'a-secret-of-thirty-two-characters' },
});
let environment: Record<string, string>;
beforeAll(async () => {
  environment = { USER_ACTIVITY_URL: await service.ready(), API_KEY: key };
});
afterAll(async () => {
  await service.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]): Promise<Ended> => runCli(args, environment);

/** Runs a command that must succeed, and returns its result. */
async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await run(...args);
  expect([code, err]).toEqual([0, '']);
  return out;
}

test('logs activities, shows them, and counts them', async () => {
  const project = ['--project', 'shop'];
  const first = [
    'log',
    'ann',
    'LOGIN',
    '--id',
    'a',
    '--metadata',
    '{"os":"ios","n":1}',
    '--at',
    '2026-11-24T08:00:00Z',
  ];
  expect(await done(...first, '--wait', '30', ...project)).toBe('a stored\n');
  expect(await done(...first, '--wait', '30', ...project)).toBe('a duplicate\n');
  const [, id] =
    /^([\w-]{36}) accepted\n$/.exec(
      await done('log', 'bob', 'log out', '--at', '2026-11-24T09:00:00Z', ...project),
    ) ?? [];
  expect(id).toBeDefined();
  await done('log', 'ann', 'PAID', '--wait', '30', '--json', '--at', '2026-11-25T00:30:00+01:00', ...project);
  const conflict = await run('log', 'ann', 'OTHER', '--id', 'a', '--wait', '30', ...project);
  expect(conflict).toMatchObject({ code: 1, out: 'a conflict\n' });
  expect(conflict.err).toContain('dead-letters list');

  const page = await run('query', '--order', 'asc', '--limit', '2', ...project);
  expect(page.err).toBe('There are more activities: use a larger --limit.\n');
  expect(page.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['TIME', 'USER', 'TYPE', 'METADATA', 'ID'],
    ['2026-11-24T08:00:00.000Z', 'ann', 'LOGIN', '{"os":"ios","n":1}', 'a'],
    ['2026-11-24T09:00:00.000Z', 'bob', 'LOG_OUT', '{}', id],
    [''],
  ]);
  const lines = (await done('query', '--json', '--user', 'ann', '--metadata', 'os=ios', ...project))
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { id: 'a', userId: 'ann', metadata: { os: 'ios', n: 1 } },
  ]);
  expect(await run('query', '--user', 'nobody', ...project)).toEqual({
    code: 0,
    out: '',
    err: 'No activities match.\n',
  });

  expect(await done('count', ...project)).toBe('3\n');
  expect(await done('count', '--type', 'LOGIN', '--type', 'PAID', '--json', ...project)).toBe(
    '{"count":2}\n',
  );
  expect(await done('count', '--from', '2026-11-24', '--to', '2026-11-24T08:30:00Z', ...project)).toBe('1\n');
  expect(await done('stats', '--by', 'userId', ...project)).toBe('USER  COUNT\nann   2\nbob   1\n');
  expect(await done('stats', '--by', 'month,userId', '--from', '2026-11-01', ...project)).toBe(
    'MONTH    USER  COUNT\n2026-11  ann   2\n2026-11  bob   1\n',
  );
  const days = [
    'stats',
    '--by',
    'day',
    '--timezone',
    'Europe/Berlin',
    '--json',
    '--from',
    '2026-11-01',
    ...project,
  ];
  expect(JSON.parse(await done(...days))).toMatchObject({ by: 'day', data: [{ count: 2 }, { count: 1 }] });

  expect(await done('status', 'a', ...project)).toBe('a stored\n');
  expect(await run('status', 'unknown-id', ...project)).toMatchObject({
    code: 1,
    out: 'unknown-id unknown\n',
  });
  expect(await done('status')).toBe('ok, log ok, store ok, progress ok\n');
});

test('`tail` shows activities until it is stopped, and continues after a cursor', async () => {
  const project = ['--project', 'tail'];
  const followed = async (args: readonly string[], count: number): Promise<readonly string[]> => {
    const child = startCli(['tail', ...args, ...project], environment);
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
    });
    const lines: string[] = [];
    // The tail shows only activities that come after its start, so log several until it shows one.
    let sent = 0;
    const send = setInterval(() => void run('log', 'ann', `T${(sent += 1)}`, ...project), 2000);
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === count) break;
    }
    clearInterval(send);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    return lines;
  };
  const [first = ''] = await followed(['--json'], 1);
  const { cursor, activity } = JSON.parse(first) as {
    readonly cursor: string;
    readonly activity: { readonly id: string };
  };
  const [second = ''] = await followed(['--cursor', cursor], 1);
  expect(second).toMatch(/^\S+Z {2}T\d+ {2}ann {2}\{\}$/);
  expect(activity.id).toMatch(/^[\w-]{36}$/);
});

test('`erase` needs --yes without a terminal, and erases or anonymises a user', async () => {
  const project = ['--project', 'erased'];
  await done('log', 'ann', 'LOGIN', '--wait', '30', ...project);
  expect(await run('erase', 'ann', ...project)).toEqual({
    code: 2,
    out: '',
    err: 'Pass --yes: without a terminal, the command cannot ask for confirmation.\n',
  });
  const erased = await run('erase', 'ann', '--yes', '--wait', ...project);
  const [, id = ''] = /^(\S+) done, 1 activity\n$/.exec(erased.out) ?? [];
  expect(erased.err).toBe(`The erasure ${id} is accepted.\n`);
  expect(await done('erasure', id, ...project)).toBe(`${id} done, 1 activity\n`);
  expect(await done('count', ...project)).toBe('0\n');
  expect(await run('erasure', 'no-such-erasure', ...project)).toMatchObject({ code: 1 });
  expect(await done('erase', 'bob', '--yes', '--mode', 'anonymise', '--json', ...project)).toMatch(
    /^\{"id":".*"status":"accepted"/,
  );
});

test('creates, lists, rotates and revokes keys', async () => {
  const project = ['--project', 'keys'];
  const created = JSON.parse(
    await done(
      'keys',
      'create',
      'of the test',
      '--scope',
      'read',
      'write',
      '--limit',
      'itemsPerSecond=50',
      '--limit',
      'searchMsPerSecond=200',
      '--json',
      ...project,
    ),
  ) as {
    readonly limits: object;
    readonly id: string;
    readonly secret: string;
  };
  expect(created.limits).toEqual({ itemsPerSecond: 50, searchMsPerSecond: 200 });
  const asKey = (...args: readonly string[]) => runCli(args, { ...environment, API_KEY: created.secret });
  await expect.poll(() => asKey('count')).toMatchObject({ code: 0, out: '0\n' });
  const rotated = await run('keys', 'rotate', created.id, '--overlap', '0', ...project);
  expect(rotated.out).toMatch(/^\S+\n$/);
  expect(rotated.err).toBe(`This is the secret of the key ${created.id}. It is not shown again.\n`);
  expect(await done('keys', 'list', ...project)).toMatch(
    new RegExp(`${created.id} +of the test +keys +write read +valid`),
  );
  expect(await done('keys', 'revoke', created.id, ...project)).toBe(`${created.id} revoked\n`);
  expect(await done('keys', 'list', '--json', ...project)).toContain('"state":"revoked"');
});

describe('invalid usage gives a message and exit code 2', () => {
  test.each([
    [[], /^Name a command\./],
    [['lgo'], /unknown command 'lgo'[^]*Did you mean log\?/],
    [['log', 'ann'], /missing required argument 'type'/],
    [['log', 'ann', 'X', '--metadata', '[1]'], /must be a JSON object/],
    [['log', 'ann', 'X', '--wait', '31'], /must be a whole number from 1 to 30/],
    [['log', 'ann\n', ' '], /422 [^]*\/type/],
    [['query', '--order', 'up'], /Allowed choices are desc, asc/],
    [['query', '--metadata', 'x'], /must be path=value/],
    [['query', '--from', 'tomorrow'], /400 [^]*\/from must be/],
    [['keys', 'create', 'x'], /--scope/],
    [['keys', 'create', 'x', '--scope', 'read', '--limit', 'items=1'], /one of itemsPerSecond/],
    [['keys', 'create', 'x', '--scope', 'read', '--limit', 'itemsPerSecond=5=6'], /must be name=number/],
    [['keys', 'create', 'x', '--scope', 'read', '--limit', 'itemsPerSecond=0'], /itemsPerSecond must/],
    [['status', ''], /There is no such id/],
    [['status', '--url', 'foo'], /must begin with http/],
    [['log', 'ann', 'X', '--metadata', '{"n":1577730467436138524}'], /send it as a string/],
    [['count', '--colour'], /unknown option '--colour'/],
  ])('%j', async (args, message) => {
    const ended = await run(...args);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toContain('    at ');
  });
});

test('every command has a help text', async () => {
  const overview = await done('--help');
  for (const command of [
    'log',
    'query',
    'count',
    'stats',
    'tail',
    'export',
    'import',
    'erase',
    'erasure',
    'keys',
    'dead-letters',
    'status',
    'move',
  ]) {
    expect(overview).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(await done(command, '--help')).toContain(`Usage: user-activity-log ${command}`);
  }
});
