import { cpus, release, totalmem, type } from 'node:os';
import type { Options } from './options.ts';
import type { Machine, Report, WorkResult } from './report/report.ts';
import { Site } from './site.ts';
import type { Scale, Work } from './works/work.ts';

const describeMachine = (): Machine => ({
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release()}`,
  node: process.versions.node,
});

/** Runs a work. If one request fails, the whole work fails, because error responses must not count as events. */
async function runWork(work: Work, site: Site, scale: Scale): Promise<WorkResult> {
  const { name, about } = work;
  try {
    return { name, about, sides: await work.run(site, scale) };
  } catch (error) {
    return { name, about, sides: [], failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Runs the works one after the other. If a work fails, its result has a `failure`, and the next work runs. */
export async function run({ works, scale }: Options, report: (line: string) => void): Promise<Report> {
  const site = new Site();
  const results: WorkResult[] = [];
  try {
    for (const work of works) {
      const start = performance.now();
      const result = await runWork(work, site, scale);
      results.push(result);
      const seconds = Math.round((performance.now() - start) / 1000);
      report(`${work.name}: ${result.failure === undefined ? 'measured in' : 'failed after'} ${seconds} s`);
    }
  } finally {
    await site.stop();
  }
  return { date: new Date().toISOString(), machine: describeMachine(), scale: { ...scale }, works: results };
}
