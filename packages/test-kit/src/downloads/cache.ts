import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Ignored by git, and kept between runs. */
const folder = join(import.meta.dirname, '..', '..', '..', '..', '.cache', 'servers');

/** A folder that is filled once. A fill that breaks off leaves nothing behind, and of two at once one wins. */
export function cached(name: string, fill: (draft: string) => void): string {
  const target = join(folder, name);
  if (existsSync(target)) return target;
  const draft = `${target}.${process.pid}.tmp`;
  mkdirSync(draft, { recursive: true });
  try {
    fill(draft);
    if (!existsSync(target)) renameSync(draft, target);
    return target;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Whether there is such a program. */
export const available = (file: string, ...args: readonly string[]): boolean =>
  spawnSync(file, args, { stdio: 'ignore' }).status === 0;

/** Runs a program to its end. Throws with its output when it fails. */
export function run(file: string, args: readonly string[], cwd: string): void {
  const { error, status, stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  if (error !== undefined || status !== 0)
    throw new Error(`${file} ${args.join(' ')} failed: ${error?.message ?? stdout + stderr}`);
}
