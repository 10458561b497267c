import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder, run } from './cache.ts';

/** A program, and the Debian package that contains it. */
export interface DebianProgram {
  readonly program: string;
  readonly package: string;
  /** The path of the program in the package. Default: `usr/bin/<program>`. */
  readonly path?: string;
}

/**
 * Returns the path of a program: the one that is installed, or else the one of its Debian package, which apt downloads and checks. The
 * package is unpacked in the cache and not installed, so this needs no root rights. If it fails, throws an error that says what to install.
 */
export function debianProgram({
  program,
  package: name,
  path = `usr/bin/${program}`,
}: DebianProgram): string {
  const installed = spawnSync('sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).stdout.trim();
  if (installed !== '') return installed;
  const folder = cachedFolder(`debian-${name}`, (draft) => {
    try {
      run('apt-get', ['download', name], draft);
      const [file = ''] = globSync('*.deb', { cwd: draft });
      run('dpkg-deb', ['--extract', file, '.'], draft);
      run('rm', [file], draft);
    } catch (error) {
      const remedy = `install ${name}, or, on Debian, run apt-get update, so that the package can be downloaded`;
      throw new Error(`There is no ${program} on the PATH: ${remedy}.`, { cause: error });
    }
  });
  return join(folder, path);
}
