import { readFileSync } from 'node:fs';

/** Reads the resident memory of a process from the text of /proc/PID/status, in MiB. */
export function residentIn(status: string): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kib === undefined) throw new Error('No VmRSS in the text of /proc.');
  return Number(kib) / 1024;
}

/** Returns the resident memory of processes together, in MiB. */
export const residentMiB = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + residentIn(readFileSync(`/proc/${pid}/status`, 'utf8')), 0);
