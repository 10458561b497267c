import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Violation } from '../check/violation.ts';
import type { Unit } from './unit.ts';

const run = promisify(execFile);
const intervalMs = 2000;
const maxMiB = 1024;

/** Records the peak of the resident memory of each process. */
export class MemoryWatch {
  /** The peak memory in MiB, by the name of the unit that ran the process. */
  readonly peaks: Map<string, number> = new Map();

  /** Measures every 2 s until the signal is aborted. */
  async watch(units: readonly Unit[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#measure(units);
      await delay(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Returns a violation for each process that used more than 1 GiB, or a single violation if nothing was measured. */
  violations(): readonly Violation[] {
    if (this.peaks.size === 0)
      return [{ kind: 'idle', subject: 'memory', detail: 'no memory was measured; install the command `ps`' }];
    return [...this.peaks].flatMap(([subject, mib]): Violation[] =>
      mib > maxMiB ? [{ kind: 'memory', subject, detail: `used ${mib} MiB; the maximum is ${maxMiB} MiB` }] : [],
    );
  }

  async #measure(units: readonly Unit[]): Promise<void> {
    const names = new Map(units.flatMap(({ pid, name }) => (pid === undefined ? [] : [[pid, name]])));
    // `ps` omits processes that have ended, and fails if all have ended.
    const { stdout } = await run('ps', ['-o', 'pid=,rss=', '-p', [...names.keys()].join()]).catch(() => ({
      stdout: '',
    }));
    for (const line of stdout.trim().split('\n')) {
      const [pid = 0, kib = 0] = line.trim().split(/\s+/).map(Number);
      const name = names.get(pid);
      if (name !== undefined)
        this.peaks.set(name, Math.max(this.peaks.get(name) ?? 0, Math.round(kib / 1024)));
    }
  }
}
