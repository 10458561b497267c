import { setTimeout as delay } from 'node:timers/promises';
import { inDatabase } from '@user-activity/test-kit';
import { cpuTimeOf } from '../measure/cpu-time.ts';
import { type Program, ServerProcess } from '../server-process.ts';
import type { Site } from '../site.ts';

/** How fast a program filled the collection of activities, and its processor time for each of them. */
export interface Drained {
  readonly perSecond: number;
  readonly cpuUs: number;
}

const pollMs = 10;
const maxStillMs = 180_000;

/**
 * Starts a program that stores `events` activities in a database, and measures from the first that is stored to the last, so that the start
 * does not count. Ends the program. Rejects if it stores more, or nothing for 3 minutes.
 */
export async function drained(
  site: Site,
  database: string,
  program: Program,
  events: number,
): Promise<Drained> {
  const { mongod } = await site.engines();
  return inDatabase(mongod.uri, database, async (db) => {
    const activities = db.collection('activities');
    const server = await ServerProcess.start(program);
    try {
      const stateAt = async (minCount: number) => {
        for (let [latest, changedAt] = [0, performance.now()]; ; ) {
          const count = await activities.estimatedDocumentCount();
          if (count >= minCount) return { count, time: performance.now(), cpu: cpuTimeOf([server.pid]) };
          server.throwIfEnded();
          if (count !== latest) [latest, changedAt] = [count, performance.now()];
          if (performance.now() - changedAt > maxStillMs)
            throw new Error(`Nothing was stored for 3 minutes: ${count} of ${events} are.`);
          await delay(pollMs);
        }
      };
      const first = await stateAt(1);
      const last = await stateAt(events);
      if (last.count > events)
        throw new Error(`The store has ${last.count} activities instead of ${events}.`);
      const stored = last.count - first.count;
      if (stored === 0) throw new Error('All was stored at once: use more --events.');
      return {
        perSecond: (stored / (last.time - first.time)) * 1000,
        cpuUs: (last.cpu - first.cpu) / stored,
      };
    } finally {
      await server.stop();
    }
  });
}
