import { logRequests } from '../load/drafts.ts';
import { Load } from '../load/load.ts';
import type { Sample } from '../measure/alternate.ts';
import { residentMiB } from '../measure/resident-memory.ts';
import { quantile } from '../measure/statistics.ts';
import type { ServerProcess } from '../server-process.ts';
import { startServiceProcesses } from './running-service.ts';
import type { Work } from './work.ts';

const measurements = 30;

/** Divides the median of the last third by that of the second. The first third warms up. */
function growthOf(resident: readonly number[]): number {
  const third = Math.floor(resident.length / 3);
  return quantile(resident.slice(-third), 0.5) / quantile(resident.slice(third, 2 * third), 0.5);
}

const sampleOf = (resident: readonly number[]): Sample => ({
  residentMiB: quantile(resident, 0.5),
  growth: growthOf(resident),
});

/** The resident memory of the API and of a consumer, while single activities come as fast as the API takes them. */
export const memory: Work = {
  name: 'memory',
  about:
    'resident memory at the limit of single activities; growth is the last third of the time divided by the second',
  run: async (site, { memoryMinutes }) => {
    const place = await site.place();
    const service = await startServiceProcesses(place);
    const load = new Load({
      port: service.api.port,
      connections: 128,
      requests: logRequests('single', 1),
      status: 202,
    });
    const processes: readonly (readonly [name: string, about: string, process: ServerProcess])[] = [
      ['api', 'apps/api', service.api],
      ['consumer', 'apps/consumer, which stores what the API logs meanwhile', service.consumer],
    ];
    const resident = new Map<string, number[]>(processes.map(([name]) => [name, []]));
    try {
      for (let index = 0; index < measurements; index += 1) {
        await load.run({ seconds: (memoryMinutes * 60) / measurements });
        for (const [name, , process] of processes) {
          process.clearOutput();
          resident.get(name)?.push(residentMiB([process.pid]));
        }
      }
    } finally {
      await load.stop();
      await service.stop();
      await site.deleteTopic(place.topic);
    }
    return processes.map(([name, about]) => ({ name, about, samples: [sampleOf(resident.get(name) ?? [])] }));
  },
};
