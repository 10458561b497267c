import { inDatabase } from '@user-activity/test-kit';
import { nodeCommand } from '../server-process.ts';
import type { Site } from '../site.ts';
import { drained } from './drained.ts';
import { filledStore } from './filled-store.ts';
import type { SideResult, Work } from './work.ts';

interface CollectionStats {
  readonly count: number;
  readonly storageSize: number;
  readonly totalIndexSize: number;
  readonly creationStrings: string;
}

/** Returns the sizes of the activities on disk, once a checkpoint has written them. */
async function statsOf(site: Site, database: string): Promise<CollectionStats> {
  const { mongod } = await site.engines();
  return inDatabase(mongod.uri, database, async (db) => {
    // Makes a checkpoint.
    await db.admin().command({ fsync: 1 });
    const { count, storageSize, totalIndexSize, wiredTiger, indexDetails } = await db.command({
      collStats: 'activities',
      indexDetails: true,
    });
    const byIndex = indexDetails as Readonly<Record<string, { creationString: string }>>;
    const details = [wiredTiger as { creationString: string }, ...Object.values(byIndex)];
    return {
      count: Number(count),
      storageSize: Number(storageSize),
      totalIndexSize: Number(totalIndexSize),
      creationStrings: details
        .map(({ creationString }) => creationString)
        .toSorted()
        .join('\n'),
    };
  });
}

const bytesPerEvent = ({ count, storageSize, totalIndexSize }: CollectionStats): number =>
  (storageSize + totalIndexSize) / count;

/** What an activity takes in the files of MongoDB, with its indexes. */
export const bytes: Work = {
  name: 'bytes',
  about: 'an activity in the files of MongoDB, with all its indexes, after a checkpoint',
  run: async (site, scale): Promise<readonly SideResult[]> => {
    const { place, events } = await filledStore(site, scale.events);
    const stats = await statsOf(site, place.database);
    const database = `${place.database}-small`;
    const environment = {
      ...place.environment,
      KAFKA_GROUP_ID: database,
      MONGODB_DATABASE: database,
      MONGODB_COMPRESSION: 'small',
    };
    await drained(site, database, { command: nodeCommand('apps/consumer/src/main.ts'), environment }, events);
    const small = await statsOf(site, database);
    const { mongod } = await site.engines();
    await inDatabase(mongod.uri, database, (db) => db.dropDatabase());
    const isKnown = small.creationStrings !== stats.creationStrings;
    return [
      { name: 'product', about: 'by default', samples: [{ bytesPerEvent: bytesPerEvent(stats) }] },
      {
        name: 'product, small',
        about: 'with MONGODB_COMPRESSION=small',
        samples: isKnown ? [{ bytesPerEvent: bytesPerEvent(small) }] : [],
        ...(isKnown ? {} : { missing: 'this version of the service does not know MONGODB_COMPRESSION' }),
      },
    ];
  },
};
