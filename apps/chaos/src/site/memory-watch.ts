import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Violation } from '../check/violation.ts';
import type { Unit } from './unit.ts';

const run = promisify(execFile);
const everyMs = 2000;
const mostMiB = 1024;

/** Looks how much memory processes take, and remembers the most of each, in MiB. */
export class MemoryWatch {
  readonly most: Map<string, number> = new Map();

  async watch(units: readonly Unit[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look(units);
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The processes that took more than they may. */
  violations(): readonly Violation[] {
    if (this.most.size === 0)
      return [{ kind: 'idle', subject: 'memory', detail: 'nothing was measured: is there no ps?' }];
    return [...this.most].flatMap(([subject, mib]): Violation[] =>
      mib > mostMiB ? [{ kind: 'memory', subject, detail: `took ${mib} MiB` }] : [],
    );
  }

  async #look(units: readonly Unit[]): Promise<void> {
    const names = new Map(units.flatMap(({ pid, name }) => (pid === undefined ? [] : [[pid, name]])));
    // One that ended in between is left out, and where all have, there is nothing to tell.
    const { stdout } = await run('ps', ['-o', 'pid=,rss=', '-p', [...names.keys()].join()]).catch(() => ({
      stdout: '',
    }));
    for (const line of stdout.trim().split('\n')) {
      const [pid = 0, kib = 0] = line.trim().split(/\s+/).map(Number);
      const name = names.get(pid);
      if (name !== undefined) this.most.set(name, Math.max(this.most.get(name) ?? 0, Math.round(kib / 1024)));
    }
  }
}
