// Installs into node_modules what the manifests and the lock file name. Plain JavaScript for any Node >= 20.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { exclusively } from './install-lock.mjs';

/**
 * Installs if anything changed since the last install. Otherwise this takes milliseconds, while pnpm takes seconds.
 * `start` spawns a process and returns it with `ended`, the promise of its exit code. Resolves with true if everything is installed.
 */
export async function install(root, start) {
  const stampFile = join(root, 'node_modules', '.install-stamp');
  const upToDate = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp(root);
  if (upToDate()) return true;
  const onWait = () => console.error('Another command is installing the dependencies, waiting for it ...');
  return exclusively(join(root, '.cache', 'install-lock'), onWait, async (alsoHeldBy) => {
    if (upToDate()) return true;
    const wanted = stamp(root);
    // If this install is interrupted, the stamp of an earlier install must not be valid.
    rmSync(stampFile, { force: true });
    if (!(await pnpmInstall(root, start, alsoHeldBy))) return false;
    writeFileSync(stampFile, wanted);
    return true;
  });
}

async function pnpmInstall(root, start, alsoHeldBy) {
  const started = performance.now();
  console.error('Installing dependencies ...');
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const windows = process.platform === 'win32';
  const { child, ended } = start(
    windows ? 'npx.cmd' : 'npx',
    ['--yes', packageManager, 'install', '--frozen-lockfile', '--prefer-offline'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows,
      env: { ...process.env, npm_config_loglevel: 'error', NO_COLOR: '1' },
    },
  );
  if (child.pid !== undefined) alsoHeldBy(child.pid);
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  const failure = await ended.then(
    (code) => (code === 0 ? undefined : `exit code ${code}`),
    (error) => (error.code === 'ENOENT' ? 'npx was not found; it comes with npm' : error.message),
  );
  if (failure === undefined) {
    console.error(`Dependencies ready in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
    return true;
  }
  // Scripts wait for the first URL in the output, which must be the URL of the service: print no other URL.
  const output = (await outputs)
    .join('\n')
    .trim()
    .replaceAll(/https?:\/\//g, '');
  console.error(`${output}\nInstalling the dependencies failed: ${failure}.`);
  return false;
}

/** Returns a digest of everything that determines what is installed. */
function stamp(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const inFolder = (folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .map((name) => `${folder}/${name}`)
          .toSorted()
      : [];
  const manifests = ['packages', 'apps', 'docs/examples']
    .flatMap(inFolder)
    .map((path) => `${path}/package.json`);
  const own = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  for (const file of [...own, ...inFolder('patches'), ...manifests]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`${file}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}
