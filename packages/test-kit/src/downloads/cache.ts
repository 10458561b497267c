import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The folder is ignored by git, and kept between runs. */
const folder = join(import.meta.dirname, '..', '..', '..', '..', '.cache', 'servers');

/**
 * Returns a folder that is filled once. A fill that fails leaves nothing behind. If several processes fill it at once, the
 * first to finish wins.
 */
export function cached(name: string, fill: (draft: string) => void): string {
  const target = join(folder, name);
  if (existsSync(target)) return target;
  const draft = `${target}.${process.pid}.tmp`;
  mkdirSync(draft, { recursive: true });
  try {
    fill(draft);
    renameSync(draft, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

/** Whether a program is installed: it ends with exit code 0. */
export const available = (file: string, ...args: readonly string[]): boolean =>
  spawnSync(file, args, { stdio: 'ignore' }).status === 0;

/** Runs a program to its end. Throws with its output if it fails. */
export function run(file: string, args: readonly string[], cwd: string): void {
  const { error, status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  if (error !== undefined || status !== 0)
    throw new Error(`${file} ${args.join(' ')} failed: ${error?.message ?? stdout + stderr}`);
}
