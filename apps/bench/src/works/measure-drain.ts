import { setTimeout as delay } from 'node:timers/promises';
import { inDatabase } from '@user-activity/test-kit';
import { cpuTimeOf } from '../measure/cpu-time.ts';
import { type Program, ServerProcess } from '../server-process.ts';
import type { Site } from '../site.ts';

/** How many activities a program stored per second, and its processor time for each activity in microseconds. */
export interface DrainRate {
  readonly perSecond: number;
  readonly cpuUs: number;
}

const pollMs = 10;
const maxStillMs = 180_000;

/**
 * Starts a program that stores `events` activities in a database, and ends it afterwards. Measures from the first stored activity to the last,
 * so that the start of the program does not count. Rejects if the program stores more activities, or no activity for 3 minutes.
 */
export async function measureDrain(
  site: Site,
  database: string,
  program: Program,
  events: number,
): Promise<DrainRate> {
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
            throw new Error(`No activity was stored for 3 minutes: the store has ${count} of ${events}.`);
          await delay(pollMs);
        }
      };
      const first = await stateAt(1);
      const last = await stateAt(events);
      if (last.count > events)
        throw new Error(`The store has ${last.count} activities instead of ${events}.`);
      const stored = last.count - first.count;
      if (stored === 0)
        throw new Error(
          'All activities were stored at once, so there is no time to measure: raise --events.',
        );
      return {
        perSecond: (stored / (last.time - first.time)) * 1000,
        cpuUs: (last.cpu - first.cpu) / stored,
      };
    } finally {
      await server.stop();
    }
  });
}
