// Runs after `npm install` or `npm ci` in the root, and installs what pnpm's lock file names. npm itself has nothing to install there.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// pnpm runs this script too.
if (process.env.npm_config_user_agent?.startsWith('npm/')) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
  // npm removes from it what it does not know, and so parts of an earlier install.
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  await import('./run.mjs');
}
