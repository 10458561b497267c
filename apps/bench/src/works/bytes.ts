import { inDatabase } from '@user-activity/test-kit';
import { nodeCommand } from '../server-process.ts';
import type { Site } from '../site.ts';
import { measureDrain } from './measure-drain.ts';
import { getFilledStore } from './get-filled-store.ts';
import type { SideResult, Work } from './work.ts';

interface CollectionStats {
  readonly count: number;
  readonly storageSize: number;
  readonly totalIndexSize: number;
  readonly creationStrings: string;
}

/** Makes MongoDB write a checkpoint, and then returns the sizes of the collection of activities on disk. */
async function statsOf(site: Site, database: string): Promise<CollectionStats> {
  const { mongod } = await site.engines();
  return inDatabase(mongod.uri, database, async (db) => {
    // This command writes a checkpoint.
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

/** Measures the disk space that MongoDB needs for an activity and its index entries, with the default compression and with the small one. */
export const bytesWork: Work = {
  name: 'bytes',
  about: 'the size of an activity in the files of MongoDB, with all indexes, after a checkpoint',
  run: async (site, scale): Promise<readonly SideResult[]> => {
    const { place, events } = await getFilledStore(site, scale.events);
    const stats = await statsOf(site, place.database);
    const database = `${place.database}-small`;
    const environment = {
      ...place.environment,
      KAFKA_GROUP_ID: database,
      MONGODB_DATABASE: database,
      MONGODB_COMPRESSION: 'small',
    };
    await measureDrain(
      site,
      database,
      { command: nodeCommand('apps/consumer/src/main.ts'), environment },
      events,
    );
    const small = await statsOf(site, database);
    const { mongod } = await site.engines();
    await inDatabase(mongod.uri, database, (db) => db.dropDatabase());
    const isKnown = small.creationStrings !== stats.creationStrings;
    return [
      {
        name: 'product',
        about: 'with the default compression',
        samples: [{ bytesPerEvent: bytesPerEvent(stats) }],
      },
      {
        name: 'product, small',
        about: 'with MONGODB_COMPRESSION=small',
        samples: isKnown ? [{ bytesPerEvent: bytesPerEvent(small) }] : [],
        ...(isKnown ? {} : { missing: 'this version of the service does not know MONGODB_COMPRESSION' }),
      },
    ];
  },
};
