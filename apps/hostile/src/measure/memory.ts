import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const intervalMs = 100;

/** Measures how much the resident memory of a process grows. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #initialKiB: number;
  readonly #timer: NodeJS.Timeout;
  #peakKiB: number;

  constructor(pid: number) {
    this.#pid = pid;
    // Resets VmHWM, which is the peak that Linux records.
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
    this.#initialKiB = residentKiB(pid, 'VmRSS');
    this.#peakKiB = this.#initialKiB;
    this.#timer = setInterval(() => this.#measure(), intervalMs);
  }

  /** Stops watching. Returns the growth from the start to the peak, in MiB. */
  stop(): number {
    clearInterval(this.#timer);
    this.#measure();
    return Math.round((this.#peakKiB - this.#initialKiB) / 1024);
  }

  #measure(): void {
    this.#peakKiB = Math.max(this.#peakKiB, residentKiB(this.#pid, 'VmHWM'));
  }
}

/**
 * Returns the resident memory of a process in KiB: the current value (`VmRSS`) or the peak (`VmHWM`). Systems other than Linux report only
 * the current value. Returns 0 if the process has ended.
 */
export function residentKiB(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  try {
    if (process.platform !== 'linux')
      return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
