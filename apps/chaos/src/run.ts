import { setTimeout as delay } from 'node:timers/promises';
import type { Evidence } from './check/evidence.ts';
import { gather } from './check/gather.ts';
import { judge } from './check/judge.ts';
import type { Violation } from './check/violation.ts';
import { strikeLane, type Struck } from './faults/strike-lane.ts';
import { Load } from './load/load.ts';
import { Random } from './random.ts';
import { type Report, reportOf } from './report.ts';
import { drawSchedule } from './schedule.ts';
import { dealtWith, recovered } from './settle.ts';
import { MemoryWatch } from './site/memory-watch.ts';
import { Site, type SiteOptions } from './site/site.ts';

/** Options of a run. */
export interface RunOptions extends SiteOptions {
  readonly seed: number;
  /** How long clients send and faults strike. */
  readonly seconds: number;
  /** Called with each line of progress. */
  readonly onLine: (line: string) => void;
}

/** Everything that a run leaves behind. */
export interface Result {
  readonly report: Report;
  readonly evidence: Evidence;
  /** The output of each process of the service, by its name. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** Starts a site, breaks it for a while under load, waits until it is at rest, and judges the evidence. */
export async function run({ seed, seconds, onLine, ...options }: RunOptions): Promise<Result> {
  const random = new Random(seed);
  const lanes = Object.values(drawSchedule(random.fork(), seconds));
  onLine(`seed ${seed}: ${lanes.flat().length} faults in ${seconds} s`);
  const site = await Site.start(options);
  try {
    const load = new Load(site, random.fork());
    const memory = new MemoryWatch();
    const watching = new AbortController();
    const watches = Promise.all([
      load.canary.run(watching.signal),
      memory.watch(site.units, watching.signal),
    ]);
    const all = await strikeUnderLoad();
    const struck = all.filter(({ failure }) => failure === undefined);
    onLine(`the load ended after ${load.ledger.exchanges.length} requests`);
    const late = await recovered(load, struck);
    watching.abort();
    await watches;
    const stuck = await dealtWith(site);
    onLine('all records are processed, or the time for that is over');
    const evidence = await gather(site, site.url(random), load.ledger.exchanges);
    for (const unit of site.units) await site.drain(unit);
    const violations: readonly Violation[] = [
      ...late,
      ...stuck,
      ...memory.violations(),
      ...site.violations(),
      ...load.violations(),
      ...(struck.length > 0 ? [] : [{ kind: 'idle', subject: 'faults', detail: 'no fault struck' } as const]),
    ];
    const verdict = judge(evidence);
    return {
      evidence,
      outputs: new Map(site.units.map(({ name, output }) => [name, output])),
      report: reportOf({
        seed,
        seconds,
        struck,
        failed: all.length - struck.length,
        load,
        site,
        memory,
        evidence,
        verdict,
        violations,
      }),
    };

    async function strikeUnderLoad(): Promise<readonly Struck[]> {
      const acting = new AbortController();
      const clients = load.act(acting.signal);
      const startedAt = performance.now();
      const endsAt = startedAt + seconds * 1000;
      try {
        const scene = { site, load, startedAt, endsAt, onLine };
        const strikes = await Promise.all(lanes.map((lane) => strikeLane(lane, scene)));
        await delay(Math.max(0, endsAt - performance.now()));
        return strikes.flat();
      } finally {
        acting.abort();
        await clients;
      }
    }
  } finally {
    await site.stop();
  }
}
