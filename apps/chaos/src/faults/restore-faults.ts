import { setTimeout as delay } from 'node:timers/promises';
import { database, group, type Site } from '../site/site.ts';
import type { Faults } from './fault.ts';
import { runningUnits } from './running-units.ts';

// A restore after fewer records would prove little.
const minRecords = 100;
const maxWaitMs = 60_000;
const pollMs = 250;

/**
 * A backup of MongoDB, and a restore from it. Embedded sites have no such faults: their log and store are one file, so a restore replaces
 * the log too.
 */
export const restoreFaults: Faults = {
  'back-up-store': {
    lastsMs: [0, 0],
    overheadSeconds: 2,
    async strike({ site }) {
      await site.mongo.backUp();
      // The primary may have settled more than the backup, never less.
      site.settledInBackup = await settled(site);
    },
  },
  // Lasts longer than the driver's timeout of 10 s, as real restores do.
  'restore-store': {
    lastsMs: [11_000, 13_000],
    overheadSeconds: 6,
    preparedBy: 'back-up-store',
    async strike({ site, choice, lastsMs }) {
      const records = await waitForProgress(site);
      // Every second time, the operator stops the consumers for the restore. The others must notice it by themselves.
      const stopped = choice % 2 === 0 ? runningUnits(site.consumers) : [];
      await Promise.all(stopped.map((unit) => unit.kill()));
      await site.mongo.restore(lastsMs);
      site.unsettledByRestores += records;
      await Promise.all(stopped.map((unit) => unit.start()));
    },
  },
};

/**
 * Waits until the group has committed at least 100 records more than the backup has settled. Returns how many more. Rejects if this takes more than
 * 60 s.
 */
async function waitForProgress({ tools, settledInBackup }: Site): Promise<number> {
  const until = performance.now() + maxWaitMs;
  while (performance.now() < until) {
    const { end, lag } = await tools.progress(group).catch(() => ({ end: 0, lag: 0 }));
    const records = end - lag - settledInBackup;
    if (records >= minRecords) return records;
    await delay(pollMs);
  }
  throw new Error(`the group committed fewer than ${minRecords} records after the backup`);
}

/** Returns the sum of the settled offsets of all partitions. */
const settled = ({ mongo }: Site): Promise<number> =>
  mongo.read(async (client) => {
    const logs = await client.db(database).collection<SettledDocument>('settled').find().toArray();
    return logs.flatMap(({ offsets }) => offsets).reduce((sum, offset) => sum + offset, 0);
  });

interface SettledDocument {
  readonly offsets: readonly number[];
}
