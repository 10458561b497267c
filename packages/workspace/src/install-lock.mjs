// A lock between processes that a SIGKILL leaves harmless: who holds it is told by process id and start time, so a
// dead holder is known as one. Plain JavaScript for any Node >= 20.
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does the work while no other process does work under the same folder. The work is handed `alsoHeldBy(pid)`, for a
 * child that may outlive this process: until it has ended, too, the lock is held.
 *
 * The folder holds numbered files, and the highest is the lock. Taking over from a dead or done holder creates the
 * next number, which only one process can; the file of a dead holder is never removed to make room, as two could
 * do that, one of them too late. Lower numbers go only while a higher one exists, so a latecomer who creates one of
 * these sees that it isn't the highest.
 */
export async function exclusively(folder, onWait, work) {
  const own = join(folder, String(await take(folder, onWait)));
  try {
    return await work((pid) => write(folder, [process.pid, pid], (file) => renameSync(file, own)));
  } finally {
    write(folder, [], (file) => renameSync(file, own));
  }
}

async function take(folder, onWait) {
  mkdirSync(folder, { recursive: true });
  for (let waited = false; ; ) {
    const next = (numbers(folder)[0] ?? 0) + 1;
    if (isFree(folder, next - 1)) {
      if (claim(folder, next)) {
        const [highest, ...older] = numbers(folder);
        if (highest === next) {
          for (const number of older) rmSync(join(folder, String(number)), { force: true });
          return next;
        }
        rmSync(join(folder, String(next)), { force: true });
      }
    } else {
      if (!waited) onWait();
      waited = true;
      await sleep(100);
    }
  }
}

const numbers = (folder) =>
  readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => b - a);

function isFree(folder, number) {
  if (number === 0) return true;
  try {
    const holders = JSON.parse(readFileSync(join(folder, String(number)), 'utf8'));
    return !holders.some(({ pid, started }) => startOf(pid) === started);
  } catch (error) {
    // Gone since it was listed: somebody holds a higher one, so ask again.
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function claim(folder, number) {
  try {
    // A link appears with its content or not at all, also under a SIGKILL.
    write(folder, [process.pid], (file) => linkSync(file, join(folder, String(number))));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function write(folder, pids, place) {
  const holders = pids.flatMap((pid) => {
    const started = startOf(pid);
    return started === undefined ? [] : [{ pid, started }];
  });
  const file = join(folder, `${process.pid}.new`);
  writeFileSync(file, JSON.stringify(holders));
  try {
    place(file);
  } finally {
    rmSync(file, { force: true });
  }
}

/** When a process started, in words of its system; undefined when it has ended. Ids are used again, pairs are not. */
function startOf(pid) {
  if (process.platform === 'win32') return processExists(pid) ? 'running' : undefined;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.trim() || undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold anything. Behind it: the state first, the start 19 fields later.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function processExists(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
