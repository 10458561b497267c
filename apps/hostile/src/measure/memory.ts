import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const everyMs = 100;

/** Watches the memory of a process. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #beforeKiB: number;
  readonly #timer: NodeJS.Timeout;
  #peakKiB: number;

  constructor(pid: number) {
    this.#pid = pid;
    // From here on Linux itself records the peak.
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
    this.#beforeKiB = residentKiB(pid, 'VmRSS');
    this.#peakKiB = this.#beforeKiB;
    this.#timer = setInterval(() => this.#measure(), everyMs);
  }

  /** Stops watching. Returns the growth from the beginning to the peak, in MiB. */
  stop(): number {
    clearInterval(this.#timer);
    this.#measure();
    return Math.round((this.#peakKiB - this.#beforeKiB) / 1024);
  }

  #measure(): void {
    this.#peakKiB = Math.max(this.#peakKiB, residentKiB(this.#pid, 'VmHWM'));
  }
}

/** Returns the memory of a process in KiB, now (`VmRSS`) or at its peak (`VmHWM`, on Linux only); 0 if the process has ended. */
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
