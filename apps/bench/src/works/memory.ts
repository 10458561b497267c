import { makeLogRequests } from '../load/drafts.ts';
import { Load } from '../load/load.ts';
import type { Sample } from '../measure/measure-alternately.ts';
import { residentMiBOf } from '../measure/resident-memory.ts';
import { quantile } from '../measure/statistics.ts';
import type { ServerProcess } from '../server-process.ts';
import { startServiceProcesses } from './running-service.ts';
import type { Work } from './work.ts';

const measurements = 30;

/** Divides the median of the last third by the median of the second third. The first third is left out, because the process warms up. */
function growthOf(resident: readonly number[]): number {
  const third = Math.floor(resident.length / 3);
  return quantile(resident.slice(-third), 0.5) / quantile(resident.slice(third, 2 * third), 0.5);
}

const sampleOf = (resident: readonly number[]): Sample => ({
  residentMiB: quantile(resident, 0.5),
  growth: growthOf(resident),
});

/** Measures the resident memory of the API and a consumer, while clients log single activities as fast as the API accepts them. */
export const memoryWork: Work = {
  name: 'memory',
  about:
    'resident memory under the maximum load of single activities; growth is the memory in the last third of the time divided by that in the second third',
  run: async (site, { memoryMinutes }) => {
    const place = await site.makePlace();
    const service = await startServiceProcesses(place);
    const load = new Load({
      port: service.api.port,
      connections: 128,
      requests: makeLogRequests('single', 1),
      status: 202,
    });
    const processes: readonly (readonly [name: string, about: string, process: ServerProcess])[] = [
      ['api', 'apps/api', service.api],
      ['consumer', 'apps/consumer, which stores the activities that the API logs', service.consumer],
    ];
    const resident = new Map<string, number[]>(processes.map(([name]) => [name, []]));
    try {
      for (let index = 0; index < measurements; index += 1) {
        await load.run({ seconds: (memoryMinutes * 60) / measurements });
        for (const [name, , process] of processes) {
          process.clearOutput();
          resident.get(name)?.push(residentMiBOf([process.pid]));
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
