import { spawn } from 'node:child_process';
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../src/layout.ts';
import { Tarballs } from './tarballs.ts';
import { Started } from './tiny-workspace.ts';

const bin = 'node_modules/user-activity-log/bin/user-activity-log.cjs';

let tarballs: Tarballs;
let service: string;
let installed: string;
const running = new Set<Started>();

/** Starts a program in the folder of a service that has installed the package. */
function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Started {
  const [program = '', ...args] = words;
  const env = { ...tarballs.environment, PORT: '0', ...environment };
  const started = new Started(spawn(program, args, { cwd: service, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  running.add(started);
  void started.output.then(() => running.delete(started));
  return started;
}

async function run(
  words: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<readonly [number | null, string]> {
  const started = start(words, environment);
  return [await started.code, await started.output];
}

/** Starts the service. Returns the process, and its URL. */
async function serve(): Promise<readonly [Started, string]> {
  const started = start(['npx', 'user-activity-log']);
  const [, url = ''] = /ready at (http:[^ "]+)/.exec(await started.says('ready at')) ?? [];
  return [started, url];
}

beforeAll(async () => {
  tarballs = await Tarballs.pack();
  service = await tarballs.installInto('shop', ['user-activity-log', '@user-activity/client']);
  installed = join(service, 'node_modules', 'user-activity-log');
}, 300_000);

afterEach(() => {
  for (const { pid } of running) process.kill(pid, 'SIGKILL');
});
afterAll(() => tarballs.remove());

describe('the package', () => {
  test('needs no other package, runs nothing when it is installed, and takes less than 15 MB', async () => {
    expect(globSync('{[!@]*,@*/*}', { cwd: join(service, 'node_modules') }).toSorted()).toEqual([
      '@user-activity/client',
      'user-activity-log',
    ]);
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as object;
    for (const member of ['dependencies', 'optionalDependencies', 'scripts', 'private'])
      expect(manifest).not.toHaveProperty(member);
    expect((await publint({ pkgDir: installed, strict: true })).messages).toEqual([]);
    const sizes = globSync('**/*', { cwd: installed }).map((file) => statSync(join(installed, file)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(15_000_000);
  });

  test('names the packages that it contains, with their licences', () => {
    const notices = readFileSync(join(installed, 'THIRD-PARTY-NOTICES.md'), 'utf8');
    for (const name of ['fastify', 'kafkajs', 'mongodb', 'tsyringe', '@fastify/swagger-ui'])
      expect(notices).toMatch(new RegExp(`^## ${name} \\d`, 'm'));
    expect(notices).toContain('Apache License');
    expect(notices).not.toContain(root);
    expect(readFileSync(join(installed, 'site', 'licenses.md'), 'utf8')).toMatch(/^## preact /m);
  });
});

test('the service starts, serves its documentation, and keeps what the command line and the client log', async () => {
  const [first, url] = await serve();
  const { port } = new URL(url);
  const log = ['log', 'ann', 'LOGIN', '--metadata', '{"ip":"127.0.0.1"}', '--wait', '30'];
  expect(await run(['npx', 'user-activity-log', ...log], { PORT: port })).toEqual([
    0,
    expect.stringContaining('stored'),
  ]);
  writeFileSync(
    join(service, 'log.ts'),
    `import { ActivityClient } from '@user-activity/client';
const client = new ActivityClient({ url: '${url}' });
client.log({ userId: 'ann', type: 'PAID' });
await client.close();
`,
  );
  expect(await run(['node', 'log.ts'])).toEqual([0, '']);

  const dashboard = await (await fetch(url)).text();
  const [, script = 'no script'] = /<script [^>]*src="([^"]+)"/.exec(dashboard) ?? [];
  expect((await fetch(new URL(script, url))).headers.get('content-type')).toMatch(/javascript/);

  const page = await fetch(`${url}/docs`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('swagger-ui')]);
  for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css', 'logo.svg'])
    expect((await fetch(`${url}/docs/static/${file}`)).status).toBe(200);
  const { info } = (await (await fetch(`${url}/openapi.json`)).json()) as { info: { version: string } };
  expect(await run(['npx', 'user-activity-log', '--version'])).toEqual([0, `${info.version}\n`]);

  // npm does not pass the signal on, so the program must notice that npm has ended.
  process.kill(first.pid, 'SIGTERM');
  expect(await first.output).toContain('"msg":"stopped"');

  const [second, secondUrl] = await serve();
  const environment = { PORT: new URL(secondUrl).port };
  const query = ['npx', 'user-activity-log', 'query', '--user', 'ann', '--json'];
  await expect
    .poll(async () => (await run(query, environment))[1].match(/LOGIN|PAID/g)?.toSorted(), {
      timeout: 60_000,
    })
    .toEqual(['LOGIN', 'PAID']);
  process.kill(second.pid, 'SIGTERM');
  expect(await second.output).toContain('"msg":"stopped"');
});

test('npx runs the program from the tarball, in an empty folder', async () => {
  const args = ['--yes', '--offline', '--package', tarballs.pathOf('user-activity-log'), 'user-activity-log'];
  expect(await tarballs.run('npx', [...args, '--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('the program', () => {
  test('shows in its help how to run the service, and the commands', async () => {
    const [code, help] = await run(['node', bin, '--help']);
    expect(code).toBe(0);
    for (const word of ['standalone', 'api', 'consumer', 'log', 'query', 'tail', 'export', 'import', 'move'])
      expect(help).toMatch(new RegExp(`^ +(?:user-activity-log )?${word}\\b`, 'm'));
    expect(await run(['node', bin, 'api', '--help'])).toEqual([0, expect.stringContaining('the API alone')]);
    expect(await run(['node', bin, 'log', '--help'])).toEqual([0, expect.stringContaining('--wait')]);
  });

  test.each([
    [['serve'], "unknown command 'serve'\nSee `user-activity-log --help`.\n"],
    [['--port', '3000'], "unknown option '--port'\nSee `user-activity-log --help`.\n"],
    [
      ['api', '--port'],
      'api takes no arguments: configure it by environment variables, such as PORT=3000.\n',
    ],
  ])('rejects the arguments %j with a reason', async (args, message) => {
    expect(await run(['node', bin, ...args])).toEqual([2, message]);
  });

  test.each(['api', 'consumer'])('%s names a variable that it needs', async (app) => {
    const [code, output] = await run(['node', bin, app]);
    expect([code, output]).toEqual([78, expect.stringContaining('KAFKA_BROKERS must be set')]);
  });

  test.each(['12.22.12', '20.1.0', '24.10.0'])(
    'asks for a newer Node than %s, in one line',
    async (version) => {
      const older = `data:text/javascript,Object.defineProperty(process.versions, "node", { value: "${version}" })`;
      expect(await run(['node', '--import', older, bin])).toEqual([
        1,
        `user-activity-log needs Node.js 24.11 or newer, and this is ${version}: install a newer one.\n`,
      ]);
    },
  );

  test('needs the same oldest version of Node as its manifest and the scripts of the repository', () => {
    const { engines } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      readonly engines: { readonly node: string };
    };
    expect(engines.node).toBe('>=24.11');
    const script = readFileSync(join(root, 'packages/workspace/src/run.mjs'), 'utf8');
    expect(script).toContain("const oldestNode = '24.11';");
  });
});
