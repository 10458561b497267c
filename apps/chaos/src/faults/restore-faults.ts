import { setTimeout as delay } from 'node:timers/promises';
import { database, group, type Site } from '../site/site.ts';
import type { Faults } from './fault.ts';
import { runningUnits } from './running-units.ts';

// A restore that removes fewer records would prove little.
const minRecords = 100;
const maxWaitMs = 60_000;
const pollMs = 250;

/**
 * A backup of MongoDB, and a restore from the backup. The embedded service needs no such faults: its log and its store are in one file, so a
 * restore replaces both.
 */
export const restoreFaults: Faults = {
  'back-up-store': {
    lastsMs: [0, 0],
    overheadSeconds: 2,
    async strike({ site }) {
      await site.mongo.backUp();
      // These offsets are read after the backup, so they may be higher than those in the backup, but never lower.
      site.settledInBackup = await sumOfSettledOffsets(site);
    },
  },
  // The restore takes as long as a real one can: longer than the timeout of the MongoDB driver, which is 10 s.
  'restore-store': {
    lastsMs: [11_000, 13_000],
    overheadSeconds: 6,
    preparedBy: 'back-up-store',
    async strike({ site, choice, lastsMs }) {
      const records = await waitForProgress(site);
      // For an even `choice`, the consumers are stopped first, as a careful operator does. Otherwise they run and must notice the restore.
      const stopped = choice % 2 === 0 ? runningUnits(site.consumers) : [];
      await Promise.all(stopped.map((unit) => unit.kill()));
      await site.mongo.restore(lastsMs);
      site.unsettledByRestores += records;
      await Promise.all(stopped.map((unit) => unit.start()));
    },
  },
};

/**
 * Waits until the consumer group has committed at least 100 records since the backup, and returns their number. Rejects if this takes more
 * than 60 s.
 */
async function waitForProgress({ tools, settledInBackup }: Site): Promise<number> {
  const until = performance.now() + maxWaitMs;
  while (performance.now() < until) {
    const { end, lag } = await tools.progress(group).catch(() => ({ end: 0, lag: 0 }));
    const records = end - lag - settledInBackup;
    if (records >= minRecords) return records;
    await delay(pollMs);
  }
  throw new Error(
    `the group committed fewer than ${minRecords} records after the backup within ${maxWaitMs / 1000} s`,
  );
}

/** Returns the sum of the settled offsets of all partitions. Below its settled offset, the store has handled every record of a partition. */
const sumOfSettledOffsets = ({ mongo }: Site): Promise<number> =>
  mongo.read(async (client) => {
    const logs = await client.db(database).collection<SettledDocument>('settled').find().toArray();
    return logs.flatMap(({ offsets }) => offsets).reduce((sum, offset) => sum + offset, 0);
  });

interface SettledDocument {
  readonly offsets: readonly number[];
}
