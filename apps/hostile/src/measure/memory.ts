import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const everyMs = 100;

/** Watches how much memory a process holds. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #beforeKiB: number;
  readonly #timer: NodeJS.Timeout;
  #peakKiB: number;

  constructor(pid: number) {
    this.#pid = pid;
    // Linux keeps the highest value by itself, from here on.
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
    this.#beforeKiB = residentKiB(pid, 'VmRSS');
    this.#peakKiB = this.#beforeKiB;
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** Stops watching. Returns how much more than at the beginning it held at most. */
  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    return Math.round((this.#peakKiB - this.#beforeKiB) / 1024);
  }

  #look(): void {
    this.#peakKiB = Math.max(this.#peakKiB, residentKiB(this.#pid, 'VmHWM'));
  }
}

/** What a process holds now (`VmRSS`) or held at most (`VmHWM`, on Linux only), 0 if it has ended. */
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
