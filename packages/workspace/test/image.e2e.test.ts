import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../src/layout.ts';
import { Started } from './tiny-workspace.ts';

// The machine may have no container engine. So these tests assemble the files of the image and run its commands as the Dockerfile says. If the
// machine allows it, they use another user and a read-only root, as a container can.

const place = mkdtempSync(join(tmpdir(), 'user-activity-image-'));
const image = join(place, 'image');
const node = join(place, 'node');
const data = join(place, 'data');

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
/** Returns the path on this machine that stands for a path in the image. */
const localPath = (text: string): string => text.replace(/^\/data\b/, data);
const wordsOf = (pattern: RegExp): string[] =>
  (JSON.parse(pattern.exec(dockerfile)?.[1] ?? '[]') as string[]).map(localPath);
const command = wordsOf(/^CMD (.*)$/m);
const healthCheck = wordsOf(/^HEALTHCHECK .*CMD (.*)$/m);
const variables = Object.fromEntries(
  [...(/^ENV (NODE_ENV.*)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [
    String(name),
    localPath(String(value)),
  ]),
);
const bin = join(image, 'bin', 'user-activity-log.cjs');

const isRoot = process.getuid?.() === 0;
const namespaces = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;
/** Runs a program as Docker does with `--user 4711`. */
const asAnotherUser = [
  'setpriv',
  '--reuid=4711',
  '--regid=0',
  '--clear-groups',
  '--no-new-privs',
  '--pdeathsig=KILL',
];
const readOnlyRoot = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && cd / && exec "$@"';

const running = new Set<Started>();

/** Starts a program of the image in the folder `/`. */
function start(
  [program = '', ...args]: readonly string[],
  environment: Record<string, string> = {},
): Started {
  const line = [
    ...(namespaces ? ['unshare', '-m', 'sh', '-c', readOnlyRoot, data] : []),
    ...(isRoot ? asAnotherUser : []),
    ...(program === 'user-activity-log' ? [node, bin] : [program]),
    ...args,
  ];
  const env = { PATH: process.env['PATH'], ...variables, PORT: '0', ...environment };
  const [file = '', ...rest] = line;
  const started = new Started(spawn(file, rest, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] }));
  running.add(started);
  void started.output.then(() => running.delete(started));
  return started;
}

async function run(
  words: readonly string[],
  environment?: Record<string, string>,
): Promise<readonly [number | null, string]> {
  const started = start(words, environment);
  return [await started.code, await started.output];
}

beforeAll(() => {
  const pack = [process.execPath, join(root, 'packages/workspace/src/pack/pack.ts'), join(place, 'packages')];
  // A machine that builds the image may have a umask that lets only the owner read files.
  execFileSync('sh', ['-c', 'umask 077; exec "$@"', 'sh', ...pack], { stdio: 'pipe' });
  const unpack = /mkdir \/image .*&& (tar .+)$/m.exec(dockerfile)?.[1] ?? 'exit 1';
  mkdirSync(image);
  execFileSync('sh', ['-c', unpack.replaceAll(/ \/(?=packages|image)/g, ` ${place}/`)], { stdio: 'pipe' });
  copyFileSync(process.execPath, node);
  mkdirSync(data);
  // The owner and mode that the Dockerfile sets.
  if (isRoot) chownSync(data, 10_001, 0);
  chmodSync(data, 0o770);
  execFileSync('chmod', ['-R', 'a-w', image]);
  chmodSync(place, 0o755);
}, 180_000);

afterAll(() => {
  for (const { pid } of running) process.kill(pid, 'SIGKILL');
  execFileSync('chmod', ['-R', 'u+w', place]);
  rmSync(place, { recursive: true, force: true });
});

test('the image has the files of the published package, and of no package for development', () => {
  expect(readdirSync(image).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'THIRD-PARTY-NOTICES.md',
    'bin',
    'dist',
    'package.json',
    'site',
  ]);
  const contained = readFileSync(join(image, 'THIRD-PARTY-NOTICES.md'), 'utf8');
  expect(contained).toMatch(/^## fastify /m);
  expect(contained).not.toMatch(
    /^## .*(?:testcontainers|ssh2|grpc|docker|vitest|typescript|fast-check|oxlint|swc|biome|knip|publint|cruiser|node-linux|pure-rand)/m,
  );
});

test('the default command runs the service, with a root key that is made once, kept, and never logged', async () => {
  const outputs: string[] = [];
  const keys: string[] = [];
  for (const round of [1, 2]) {
    const service = start(command);
    const said = await service.says('x-api-key');
    const [, port = ''] = /ready at http:\/\/[^:]+:(\d+)/.exec(said) ?? [];
    const url = `http://127.0.0.1:${port}`;
    const file = join(data, 'root-key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = readFileSync(file, 'utf8').trim();
    keys.push(key);

    const post = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${url}/api/logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ id: `round-${round}`, userId: '123', type: 'LOGIN' }),
      });
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: `Bearer ${key}` })).status).toBe(202);
    // In the second round, this activity is from the first process.
    const first = (): Promise<Response> =>
      fetch(`${url}/api/logs/round-1`, { headers: { 'x-api-key': key } });
    await expect.poll(async () => (await first()).status, { timeout: 60_000 }).toBe(200);

    expect(await run(healthCheck, { PORT: port })).toEqual([0, expect.stringContaining('"status"')]);
    const letters = ['user-activity-log', 'dead-letters', 'list'];
    expect(await run(letters, { PORT: port, API_KEY: key })).toEqual([0, 'No dead letters match.\n']);
    expect((await run(letters, { PORT: port }))[0]).toBe(1);

    process.kill(service.pid, 'SIGTERM');
    expect(await service.code).toBe(0);
    outputs.push(await service.output);
    expect((await run(healthCheck, { PORT: port }))[0]).toBe(1);
  }
  expect(outputs[0]).toContain(`made a root key: callers need the key in ${data}/root-key`);
  expect(outputs[1]).toContain(`using the root key: callers need the key in ${data}/root-key`);
  expect(new Set(keys).size).toBe(1);
  for (const output of outputs) expect(output).not.toContain(keys[0]);
});

test('a service that cannot write to /data reports it, and ends with the exit code of an invalid configuration', async () => {
  const closed = join(place, 'closed');
  mkdirSync(closed, { mode: 0o500 });
  expect(await run(command, { DATA_DIR: closed, ROOT_KEY_FILE: join(closed, 'root-key') })).toEqual([
    78,
    expect.stringMatching(
      /^The configuration is invalid:\n {2}ROOT_KEY_FILE can't be made \(E\w+\): let this user write files in the folder .*\n$/,
    ),
  ]);
});

test.each([
  // An API on shared engines makes no root key, because other processes would not know it.
  ['api', 'API_KEYS must be set'],
  ['consumer', 'MONGODB_URI must be set'],
])('the image has all that %s needs except its configuration', async (app, fault) => {
  const [code, output] = await run(['user-activity-log', app]);
  expect(output).toContain('KAFKA_BROKERS must be set');
  expect(output).toContain(fault);
  expect(code).toBe(78);
});
