import { readFileSync } from 'node:fs';

// Linux counts in ticks of 10 ms on every architecture that Node.js supports.
const microsecondsPerTick = 10_000;

/** Reads the processor time of all threads of a process from the text of /proc/PID/stat, in microseconds. */
export function cpuTimeIn(stat: string): number {
  // The name of the program is in parentheses and may contain spaces and parentheses. The state follows as field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) throw new Error(`No processor time in the line of /proc: ${stat}`);
  return ticks * microsecondsPerTick;
}

/** Returns the processor time that processes have used until now, in microseconds. */
export const cpuTimeOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + cpuTimeIn(readFileSync(`/proc/${pid}/stat`, 'utf8')), 0);
