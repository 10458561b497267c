// A lock between processes that survives a SIGKILL: it names its holders by process id and start time, so that a dead
// holder is recognized. Plain JavaScript for any Node >= 20.
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process runs its work with the same folder. `work` gets the function `alsoHeldBy(pid)`. Call it for a
 * child that may outlive this process: the lock is then held until the child has ended too.
 *
 * The folder contains numbered files, and the highest is the lock. To take over from a dead or finished holder, a process
 * creates the next number, which only one process can do. It does not first remove the file of the dead holder: two
 * processes could do so, one of them too late. Lower numbers are removed only while a higher one exists, so a late
 * process that creates one of these sees that it is not the highest.
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
    // The file was removed after it was listed, so another process holds a higher number: try again.
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function claim(folder, number) {
  try {
    // A link appears with its content or not at all, even if this process is killed.
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

/**
 * Returns the start of a process, in the format of its system, or undefined if it has ended. Systems reuse ids, but not pairs of an id
 * and a start.
 */
function startOf(pid) {
  if (process.platform === 'win32') return processExists(pid) ? 'running' : undefined;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.trim() || undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may contain anything. After it come the state and, 19 fields later, the start.
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
