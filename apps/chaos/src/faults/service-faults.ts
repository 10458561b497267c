import { setTimeout as delay } from 'node:timers/promises';
import type { Site } from '../site/site.ts';
import type { Unit } from '../site/unit.ts';
import { choose } from './choose.ts';
import { endAfter } from './cluster-faults.ts';
import type { Faults } from './fault.ts';
import { runningUnits } from './running-units.ts';

async function kill(unit: Unit, downMs: number): Promise<void> {
  await unit.kill();
  await delay(downMs);
  await unit.start();
}

async function freeze(unit: Unit, ms: number): Promise<void> {
  unit.freeze();
  await endAfter(ms, () => unit.thaw());
}

/** Restarts the units one after the other, like a rolling update. */
async function restartEach(site: Site, units: readonly Unit[]): Promise<void> {
  for (const unit of units) {
    await site.drain(unit);
    await unit.start();
  }
}

/** Faults of the processes of the service, and planned restarts. */
export const serviceFaults: Faults = {
  'kill-consumer': {
    lastsMs: [0, 3000],
    overheadSeconds: 2,
    strike: ({ site, choice, lastsMs }) => kill(choose(runningUnits(site.consumers), choice), lastsMs),
  },
  'kill-all-consumers': {
    lastsMs: [0, 2000],
    overheadSeconds: 3,
    async strike({ site, lastsMs }) {
      await Promise.all(runningUnits(site.consumers).map((unit) => kill(unit, lastsMs)));
    },
  },
  // Some of these faults last longer than the session timeout, so that Kafka removes the consumer from its group.
  'freeze-consumer': {
    lastsMs: [1000, 14_000],
    overheadSeconds: 1,
    strike: ({ site, choice, lastsMs }) => freeze(choose(runningUnits(site.consumers), choice), lastsMs),
  },
  'kill-api': {
    lastsMs: [0, 2000],
    overheadSeconds: 2,
    strike: ({ site, choice, lastsMs }) => kill(choose(site.apis, choice), lastsMs),
  },
  'freeze-api': {
    lastsMs: [1000, 6000],
    overheadSeconds: 0,
    strike: ({ site, choice, lastsMs }) => freeze(choose(site.apis, choice), lastsMs),
  },
  'restart-consumers': {
    lastsMs: [0, 0],
    overheadSeconds: 8,
    strike: ({ site }) => restartEach(site, runningUnits(site.consumers)),
  },
  'restart-apis': {
    lastsMs: [0, 0],
    overheadSeconds: 5,
    strike: ({ site }) => restartEach(site, site.apis),
  },
  // A replay does not repair the records, so they become dead letters again.
  'replay-dead-letters': {
    lastsMs: [0, 0],
    overheadSeconds: 1,
    strike: ({ load }) => load.replay(),
  },
  'scale-group': {
    lastsMs: [1000, 3000],
    overheadSeconds: 8,
    async strike({ site, lastsMs }) {
      for (const count of [1, 4, 1]) {
        await site.scale(count);
        await delay(lastsMs);
      }
      await site.scale();
    },
  },
};
