// Installs the dependencies in the manifests and the lock file into node_modules. Plain JavaScript for any Node >= 20.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { withLock } from './install-lock.mjs';

/**
 * Installs the dependencies if anything has changed since the last install. The check takes milliseconds, while pnpm would take seconds.
 * `start` spawns a process and returns it with `ended`, the promise of its exit code. Resolves with true if everything is installed.
 */
export async function install(root, start) {
  const stampFile = join(root, 'node_modules', '.install-stamp');
  const isUpToDate = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stampOf(root);
  if (isUpToDate()) return true;
  const onWait = () => console.error('Another command is installing the dependencies, waiting for it ...');
  return withLock(join(root, '.cache', 'install-lock'), onWait, async (addHolder) => {
    if (isUpToDate()) return true;
    const newStamp = stampOf(root);
    // Without the old stamp, an interrupted install is repeated.
    rmSync(stampFile, { force: true });
    if (!(await pnpmInstall(root, start, addHolder))) return false;
    writeFileSync(stampFile, newStamp);
    return true;
  });
}

async function pnpmInstall(root, start, addHolder) {
  const startedAt = performance.now();
  console.error('Installing dependencies ...');
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const isWindows = process.platform === 'win32';
  const { child, ended } = start(
    isWindows ? 'npx.cmd' : 'npx',
    ['--yes', packageManager, 'install', '--frozen-lockfile', '--prefer-offline'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: isWindows,
      env: { ...process.env, npm_config_loglevel: 'error', NO_COLOR: '1' },
    },
  );
  if (child.pid !== undefined) addHolder(child.pid);
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  const failure = await ended.then(
    (code) => (code === 0 ? undefined : `exit code ${code}`),
    (error) => (error.code === 'ENOENT' ? 'npx was not found; it comes with npm' : error.message),
  );
  if (failure === undefined) {
    console.error(`Dependencies ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
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

/** Returns a digest of all files that determine which dependencies are installed. */
function stampOf(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const pathsIn = (folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .map((name) => `${folder}/${name}`)
          .toSorted()
      : [];
  const manifests = ['packages', 'apps', 'docs/examples']
    .flatMap(pathsIn)
    .map((path) => `${path}/package.json`);
  const rootFiles = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
  for (const file of [...rootFiles, ...pathsIn('patches'), ...manifests]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`${file}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}
