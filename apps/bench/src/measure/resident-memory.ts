import { readFileSync } from 'node:fs';

/** Parses the text of /proc/PID/status. Returns the resident memory of the process, in MiB. */
export function parseResidentMiB(status: string): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kib === undefined) throw new Error('No VmRSS in the text of /proc/PID/status.');
  return Number(kib) / 1024;
}

/** Returns the total resident memory of the processes, in MiB. */
export const residentMiBOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + parseResidentMiB(readFileSync(`/proc/${pid}/status`, 'utf8')), 0);
