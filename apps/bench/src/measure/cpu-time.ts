import { readFileSync } from 'node:fs';

// Linux counts processor time in ticks of 10 ms on every architecture that Node.js supports.
const microsecondsPerTick = 10_000;

/** Parses the text of /proc/PID/stat. Returns the processor time of all threads of the process, in microseconds. */
export function parseCpuTime(stat: string): number {
  // The name of the program is in parentheses, and may itself contain spaces and parentheses. Field 3 follows it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) throw new Error(`No processor time in the text of /proc/PID/stat: ${stat}`);
  return ticks * microsecondsPerTick;
}

/** Returns the total processor time that the processes have used so far, in microseconds. */
export const cpuTimeOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + parseCpuTime(readFileSync(`/proc/${pid}/stat`, 'utf8')), 0);
