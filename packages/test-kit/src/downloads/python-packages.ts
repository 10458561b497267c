import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder, isInstalled, run } from './cache.ts';

// The folder must have this name. Hypothesis treats packages in any other folder as the code under test, and parses all their modules.
const sitePackages = 'site-packages';

/**
 * Returns a folder for PYTHONPATH with the packages that `<name>.txt` lists. Installs them once. Throws an error that says what to install
 * if Python or pip is missing.
 */
export function pythonPackages(name: string): string {
  const requirements = join(import.meta.dirname, `${name}.txt`);
  if (!isInstalled('python3', '-m', 'pip', '--version'))
    throw new Error(`${name} needs Python: install python3, 3.10 or later, with pip.`);
  const pythonVersion = spawnSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = cachedFolder(`python${pythonVersion.stdout.trim()}-${name}-${digest}`, (draft) => {
    const target = join(draft, sitePackages);
    run(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', target, '--requirement', requirements],
      draft,
    );
  });
  return join(folder, sitePackages);
}
