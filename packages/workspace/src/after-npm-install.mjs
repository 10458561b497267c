// Runs after `npm install` or `npm ci` in the root. Installs the dependencies in pnpm's lock file, because npm finds none to install.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// pnpm runs this script too, but has already installed everything.
if (process.env.npm_config_user_agent?.startsWith('npm/')) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
  // npm has removed the packages that it does not know, so an earlier install is now incomplete.
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  await import('./run.mjs');
}
