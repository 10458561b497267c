// Builds the dashboard from its sources. Plain JavaScript for any Node >= 20.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { withLock } from './install-lock.mjs';

/**
 * Builds the dashboard if its sources have changed since the last build. The check takes milliseconds. `start` spawns a process and returns
 * it with `ended`, the promise of its exit code. Resolves with true if the dashboard is built.
 */
export async function buildDashboard(root, node, start) {
  const site = join(root, 'packages', 'dashboard', 'site');
  const isUpToDate = () => {
    const stampFile = join(site, '.stamp');
    const isBuilt = existsSync(stampFile) && existsSync(join(site, 'index.html'));
    return isBuilt && readFileSync(stampFile, 'utf8') === stampOf(root);
  };
  if (isUpToDate()) return true;
  const onWait = () => console.error('Another command is building the dashboard, waiting for it ...');
  return withLock(join(root, '.cache', 'dashboard-lock'), onWait, async (addHolder) => {
    if (isUpToDate()) return true;
    const stamp = stampOf(root);
    const draft = join(root, 'packages', 'dashboard', 'site.new');
    if (!(await runBuild(root, node, draft, start, addHolder))) return false;
    writeFileSync(join(draft, '.stamp'), stamp);
    // Between the removal and the renaming, a running service finds no files for a moment.
    rmSync(site, { recursive: true, force: true });
    renameSync(draft, site);
    return true;
  });
}

async function runBuild(root, node, draft, start, addHolder) {
  const startedAt = performance.now();
  console.error('Building the dashboard ...');
  const { child, ended } = start(node, [join('packages', 'dashboard', 'build', 'build-site.ts'), draft], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (child.pid !== undefined) addHolder(child.pid);
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await ended.catch((error) => error.message);
  if (code === 0) {
    console.error(`Dashboard ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
    return true;
  }
  // Scripts wait for the first URL in the output, which must be the URL of the service: print no other URL.
  const output = (await outputs)
    .join('\n')
    .trim()
    .replaceAll(/https?:\/\//g, '');
  console.error(`${output}\nBuilding the dashboard failed: exit code ${code}.`);
  return false;
}

/** Returns a digest of all files that determine what is built. */
function stampOf(root) {
  const hash = createHash('sha256');
  const addFile = (path) => hash.update(`${path}\n`).update(readFileSync(join(root, path)));
  const folders = ['packages/dashboard/src', 'packages/dashboard/build', 'packages/client/src'];
  // Only files have an extension, so this skips folders.
  for (const folder of folders)
    for (const name of readdirSync(join(root, folder), { recursive: true }).toSorted((a, b) =>
      a < b ? -1 : 1,
    ))
      if (/\.\w+$/.test(name)) addFile(join(folder, name));
  for (const file of ['packages/dashboard/index.html', 'packages/dashboard/package.json', 'pnpm-lock.yaml'])
    addFile(file);
  return hash.digest('hex');
}
