import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const source = join(import.meta.dirname, 'programs', 'go');

/** Returns whether `go` is on the PATH. */
export const hasGo = (): boolean => spawnSync('go', ['version']).status === 0;

/** Compiles the program in Go into a folder. Returns the path of the executable file. Throws with the output of the compiler. */
export function buildGoProgram(folder: string): string {
  const file = join(folder, 'go-program');
  const { status, stderr } = spawnSync('go', ['build', '-mod=readonly', '-buildvcs=false', '-o', file, '.'], {
    cwd: source,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The program in Go does not compile:\n${stderr}`);
  return file;
}
