// Plain JavaScript, runs on any Node >= 18. Installs what is missing, then runs
// the given command of node_modules/.bin under a Node that is new enough.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const windows = process.platform === 'win32';
const stampFile = join(root, 'node_modules', '.install-stamp');

function stamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  for (const group of ['packages', 'apps']) {
    for (const name of readdirSync(join(root, group)).sort()) files.push(`${group}/${name}/package.json`);
  }
  for (const file of files) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(file).update(readFileSync(path));
  }
  return hash.digest('hex');
}

const wanted = stamp();
const have = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
if (have !== wanted) {
  const started = Date.now();
  console.error('Installing dependencies ...');
  const args = [
    '--yes',
    manifest.packageManager.split('+')[0],
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
  ];
  const done = spawnSync(windows ? 'npx.cmd' : 'npx', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows,
    env: { ...process.env, npm_config_loglevel: 'error' },
  });
  if (done.status !== 0) {
    console.error(`Installing dependencies failed (${done.error?.message ?? `exit ${done.status}`}).`);
    process.exit(1);
  }
  writeFileSync(stampFile, wanted);
  console.error(`Dependencies ready in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

const major = Number(process.versions.node.split('.')[0]);
const bundled = join(root, 'node_modules', '.bin', windows ? 'node.exe' : 'node');
const node = major >= 24 && process.env.USER_ACTIVITY_NODE !== 'bundled' ? process.execPath : bundled;
if (!existsSync(node)) {
  console.error('This project needs Node.js 24 or newer: https://nodejs.org');
  process.exit(1);
}
const [command, ...rest] = process.argv.slice(2);
const argv = command === 'node' ? rest : [binScript(command), ...rest];
// Packages of the workspace are used from their sources; KafkaJS 2.2.4 sets a timeout in the past.
const options = [
  process.env.NODE_OPTIONS,
  '--conditions=@user-activity/source',
  '--disable-warning=TimeoutNegativeWarning',
].filter(Boolean);
const child = spawn(node, argv, {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    NODE_OPTIONS: options.join(' '),
    PATH: dirname(node) + delimiter + process.env.PATH,
  },
});
// A terminal sends Ctrl-C to the whole process group itself, so pass SIGINT on only elsewhere.
process.on('SIGINT', () => {
  if (!process.stdin.isTTY) child.kill('SIGINT');
});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm hands a signal to its shell, which dies and passes nothing on: notice the lost parent.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) child.kill('SIGTERM');
}, 500).unref();
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 128 + 15 : code;
});

/** The JavaScript file behind a command of a direct dependency. */
function binScript(name) {
  const home = join(root, 'node_modules', name === 'tsc' ? 'typescript' : name);
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  return join(home, typeof bin === 'string' ? bin : bin[name]);
}
