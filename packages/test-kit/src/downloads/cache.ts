import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The cache. Git ignores the folder, and it is kept between runs. */
const folder = join(import.meta.dirname, '..', '..', '..', '..', '.cache', 'servers');

/**
 * Returns the folder `name` of the cache. If it does not exist, creates it with what `fill` puts into its argument. If `fill` throws,
 * creates nothing. If several processes create the folder at the same time, the first to finish wins.
 */
export function cachedFolder(name: string, fill: (draft: string) => void): string {
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

/** Returns whether a program is installed: it runs with these arguments and ends with exit code 0. */
export const isInstalled = (file: string, ...args: readonly string[]): boolean =>
  spawnSync(file, args, { stdio: 'ignore' }).status === 0;

/** Runs a program to its end. Throws with its output if it fails. */
export function run(file: string, args: readonly string[], cwd: string): void {
  const { error, status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  if (error !== undefined || status !== 0)
    throw new Error(`${file} ${args.join(' ')} failed: ${error?.message ?? stdout + stderr}`);
}
