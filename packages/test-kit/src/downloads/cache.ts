import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the cache. Git ignores it. It is kept between runs. */
const cacheRoot = join(import.meta.dirname, '..', '..', '..', '..', '.cache', 'servers');

/**
 * Returns the path of the folder `name` in the cache. If it does not exist, `fill` fills a draft folder, which is then renamed. If `fill`
 * throws, the draft is removed. If several processes fill the same folder, the first to finish wins.
 */
export function cachedFolder(name: string, fill: (draft: string) => void): string {
  const target = join(cacheRoot, name);
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

/** Returns true if a program is installed, which means that it runs with these arguments and ends with exit code 0. */
export const isInstalled = (file: string, ...args: readonly string[]): boolean =>
  spawnSync(file, args, { stdio: 'ignore' }).status === 0;

/** Runs a program to its end. Throws with its output if it fails. */
export function run(file: string, args: readonly string[], cwd: string): void {
  const { error, status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  if (error !== undefined || status !== 0)
    throw new Error(`${file} ${args.join(' ')} failed: ${error?.message ?? stdout + stderr}`);
}
