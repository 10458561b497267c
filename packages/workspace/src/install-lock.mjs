// A lock between processes that survives a SIGKILL: it names its holders by process id and start time, so that a dead
// holder is recognized. Plain JavaScript for any Node >= 20.
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process runs `work` with the same folder. `work` gets the function `addHolder(pid)`. Call it for a child
 * that may outlive this process: the lock is then held until the child has ended too.
 *
 * The folder contains numbered files, and the highest is the lock. To take over from a dead or finished holder, a process
 * creates the file with the next number, which only one process can do. It does not remove the file of the dead holder first: a second
 * process could do the same later, and remove a valid lock. Lower numbers are removed only while a higher number exists, so a late
 * process that creates a lower number sees that its number is not the highest.
 */
export async function withLock(folder, onWait, work) {
  const lockFile = join(folder, String(await takeLock(folder, onWait)));
  try {
    return await work((pid) =>
      writeHolders(folder, [process.pid, pid], (file) => renameSync(file, lockFile)),
    );
  } finally {
    writeHolders(folder, [], (file) => renameSync(file, lockFile));
  }
}

async function takeLock(folder, onWait) {
  mkdirSync(folder, { recursive: true });
  for (let hasWaited = false; ; ) {
    const next = (lockNumbers(folder)[0] ?? 0) + 1;
    if (isLockFree(folder, next - 1)) {
      if (createLock(folder, next)) {
        const [highest, ...older] = lockNumbers(folder);
        if (highest === next) {
          for (const number of older) rmSync(join(folder, String(number)), { force: true });
          return next;
        }
        rmSync(join(folder, String(next)), { force: true });
      }
    } else {
      if (!hasWaited) onWait();
      hasWaited = true;
      await sleep(100);
    }
  }
}

const lockNumbers = (folder) =>
  readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => b - a);

function isLockFree(folder, number) {
  if (number === 0) return true;
  try {
    const holders = JSON.parse(readFileSync(join(folder, String(number)), 'utf8'));
    return !holders.some(({ pid, started }) => startTimeOf(pid) === started);
  } catch (error) {
    // The file was removed after it was listed, so another process holds a higher number: try again.
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function createLock(folder, number) {
  try {
    // A link appears with its content or not at all, even if this process is killed.
    writeHolders(folder, [process.pid], (file) => linkSync(file, join(folder, String(number))));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function writeHolders(folder, pids, moveFile) {
  const holders = pids.flatMap((pid) => {
    const started = startTimeOf(pid);
    return started === undefined ? [] : [{ pid, started }];
  });
  const file = join(folder, `${process.pid}.new`);
  writeFileSync(file, JSON.stringify(holders));
  try {
    moveFile(file);
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Returns the start time of a process, in a format of the system, or undefined if the process has ended. Systems reuse process ids, but
 * not with the same start time.
 */
function startTimeOf(pid) {
  if (process.platform === 'win32') return processExists(pid) ? 'running' : undefined;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.trim() || undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may contain spaces. After the name come the state and, 19 fields later, the start time.
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
