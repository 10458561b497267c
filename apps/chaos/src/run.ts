import { setTimeout as delay } from 'node:timers/promises';
import type { EvidenceByProject } from './check/evidence.ts';
import { findErasureFaults } from './check/find-erasure-faults.ts';
import { gatherEvidence } from './check/gather-evidence.ts';
import { gatherErasures } from './check/gather-erasures.ts';
import { judgeProjects } from './check/judge.ts';
import type { Violation } from './check/violation.ts';
import { strikeLane, type StruckFault } from './faults/strike-lane.ts';
import { Followers } from './load/followers.ts';
import { Load } from './load/load.ts';
import { Random } from './random.ts';
import { type Report, reportOf } from './report.ts';
import { drawSchedule, type PlannedFault } from './schedule.ts';
import { waitForProcessing, waitForRecovery } from './settle.ts';
import { MemoryWatch } from './site/memory-watch.ts';
import { Site } from './site/site.ts';

/** Options of `run`. */
export interface RunOptions {
  readonly seed: number;
  /** How long the load and the faults last. The checks begin afterwards. */
  readonly seconds: number;
  /** The name of the breakage in `breakages` with which the service runs. Default: the service runs unchanged. */
  readonly breakage?: string | undefined;
  /** Called with each line of progress. */
  readonly onLine: (line: string) => void;
}

/** The report of a run, and the data from which it was made. */
export interface RunResult {
  readonly report: Report;
  readonly evidence: EvidenceByProject;
  /** The output of each process of the service, by the name of the process. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** Starts a deployment, causes faults under load, waits until the service has recovered, and judges the evidence. */
export async function run({ seed, seconds, breakage, onLine }: RunOptions): Promise<RunResult> {
  const random = new Random(seed);
  const lanes = Object.values(drawSchedule(random.fork(), seconds));
  onLine(`seed ${seed}: ${lanes.flat().length} faults in ${seconds} s`);
  const site = await Site.start(breakage);
  try {
    const load = new Load(site, random.fork());
    const followers = new Followers(() => site.url(random));
    const memory = new MemoryWatch();
    const watching = new AbortController();
    const watches = Promise.all([
      load.canary.run(watching.signal),
      followers.run(watching.signal),
      memory.watch(site.units, watching.signal),
    ]);
    const allFaults = await strikeUnderLoad();
    const struckFaults = allFaults.filter(({ failure }) => failure === undefined);
    onLine(`the load ended after ${load.ledger.exchanges.length} requests`);
    const recoveryViolations = await waitForRecovery(load, struckFaults);
    watching.abort();
    await watches;
    const progressViolations = await waitForProcessing(site);
    onLine('reading the log and the store');
    const evidence = await gatherEvidence(site, site.url(random), load.ledger, await followers.finish());
    const erasures = await gatherErasures(site.url(random), load.eraser.users);
    for (const unit of site.units) await site.drain(unit);
    const violations: readonly Violation[] = [
      ...recoveryViolations,
      ...progressViolations,
      ...memory.violations(),
      ...site.violations(),
      ...load.violations(),
      ...findErasureFaults(erasures),
      ...violationsOfMissedFaults(lanes.flat(), struckFaults),
    ];
    const verdict = judgeProjects(evidence);
    return {
      evidence,
      outputs: new Map(site.units.map(({ name, output }) => [name, output])),
      report: reportOf({
        seed,
        seconds,
        struckFaults,
        failed: allFaults.length - struckFaults.length,
        load,
        site,
        memory,
        evidence,
        verdict,
        violations,
      }),
    };

    async function strikeUnderLoad(): Promise<readonly StruckFault[]> {
      const stopping = new AbortController();
      const clients = load.act(stopping.signal);
      const startedAt = performance.now();
      const endsAt = startedAt + seconds * 1000;
      try {
        const context = { site, load, startedAt, endsAt, onLine };
        const strikes = await Promise.all(lanes.map((lane) => strikeLane(lane, context)));
        await delay(Math.max(0, endsAt - performance.now()));
        return strikes.flat();
      } finally {
        stopping.abort();
        await clients;
      }
    }
  } finally {
    await site.stop();
  }
}

/** Returns a violation if no fault struck. Also returns one if the schedule has a restore of the store, but no restore struck. */
function violationsOfMissedFaults(
  planned: readonly PlannedFault[],
  struck: readonly StruckFault[],
): readonly Violation[] {
  if (struck.length === 0) return [{ kind: 'idle', subject: 'faults', detail: 'no fault struck' }];
  const includesRestore = (list: readonly { readonly kind: string }[]): boolean =>
    list.some(({ kind }) => kind === 'restore-store');
  return includesRestore(planned) && !includesRestore(struck)
    ? [{ kind: 'idle', subject: 'restore-store', detail: 'the store was not restored' }]
    : [];
}
