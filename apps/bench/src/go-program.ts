import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const goFolder = join(import.meta.dirname, 'programs', 'go');

/** Returns whether the command `go` can be run. */
export const hasGo = (): boolean => spawnSync('go', ['version']).status === 0;

/** Compiles the Go program into a folder. Returns the path of the executable file. If it does not compile, throws the output of the compiler. */
export function buildGoProgram(folder: string): string {
  const file = join(folder, 'go-program');
  const { status, stderr } = spawnSync('go', ['build', '-mod=readonly', '-buildvcs=false', '-o', file, '.'], {
    cwd: goFolder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The Go program does not compile:\n${stderr}`);
  return file;
}
