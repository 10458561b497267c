import { randomBytes } from 'node:crypto';
import { inDatabase } from '@user-activity/test-kit';
import { measureAlternately, type Side } from '../measure/measure-alternately.ts';
import { nodeCommand, type Program } from '../server-process.ts';
import type { Site } from '../site.ts';
import { measureDrain } from './measure-drain.ts';
import { getFilledStore } from './get-filled-store.ts';
import type { Work } from './work.ts';

const aboutBySide = {
  product: 'apps/consumer, from the topic into MongoDB',
  'raw insertMany': 'insertMany of 1,000 documents, 4 at once, with the same indexes and majority',
};

/** Makes a side whose measurements each fill a new database, which is dropped afterwards. */
function makeDrainSide(
  site: Site,
  name: string,
  events: number,
  program: (database: string) => Program,
): Side {
  return {
    name,
    measure: async () => {
      const database = `bench-${randomBytes(4).toString('hex')}`;
      const { mongod } = await site.engines();
      try {
        return await measureDrain(site, database, program(database), events);
      } finally {
        await inDatabase(mongod.uri, database, (db) => db.dropDatabase());
      }
    },
  };
}

/** Measures how fast the consumer stores the activities of a filled topic in MongoDB, compared with inserts by the driver alone. */
export const drainWork: Work = {
  name: 'drain',
  about: 'activities moved from a filled topic into MongoDB',
  run: async (site, scale) => {
    const { place, events } = await getFilledStore(site, scale.events);
    const sides = [
      makeDrainSide(site, 'product', events, (database) => ({
        command: nodeCommand('apps/consumer/src/main.ts'),
        environment: { ...place.environment, KAFKA_GROUP_ID: database, MONGODB_DATABASE: database },
      })),
      makeDrainSide(site, 'raw insertMany', events, (database) => ({
        command: nodeCommand('apps/bench/src/programs/insert-many.ts'),
        environment: {
          ...place.environment,
          MONGODB_DATABASE: database,
          TEMPLATE_DATABASE: place.database,
        },
      })),
    ];
    const samples = await measureAlternately(sides, scale.rounds);
    return Object.entries(aboutBySide).map(([name, about]) => ({
      name,
      about,
      samples: samples.get(name) ?? [],
    }));
  },
};
