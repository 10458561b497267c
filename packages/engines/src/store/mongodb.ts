import { Type } from '@sinclair/typebox';
import { defineEngine, type StoreEngine } from '../engine.ts';

/** A MongoDB database as the store. */
export const mongodbStore = defineEngine({
  name: 'MongoDB',
  variable: 'MONGODB_URI',
  variables: {
    MONGODB_URI: Type.Optional(
      Type.String({
        pattern: '^mongodb(?:\\+srv)?://.',
        description: 'a connection string that begins with mongodb:// or mongodb+srv://',
      }),
    ),
    MONGODB_DATABASE: Type.String({
      default: 'user_activity',
      pattern: '^[^/\\\\. "$*<>:|?\\u0000]{1,63}$',
      description:
        'the name of a database: 1 to 63 characters, without spaces and without any of /\\."$*<>:|?',
    }),
    MONGODB_COMPRESSION: Type.Union([Type.Literal('balanced'), Type.Literal('small'), Type.Literal('none')], {
      default: 'balanced',
      description: 'one of balanced, small, none',
    }),
  },
  settings: ({ MONGODB_URI: uri = '', MONGODB_DATABASE: database, MONGODB_COMPRESSION: compression }) => ({
    uri,
    database,
    compression,
  }),
  async open(settings, { closers, logger, queryTimeoutMs: timeoutMs, onProgress }): Promise<StoreEngine> {
    // A process that does not use MongoDB starts sooner without its driver.
    const {
      MongoActivityFeed,
      MongoActivityRepository,
      MongoDeadLetterQueue,
      MongoDeadLetterRepository,
      MongoErasureLedger,
      MongoKeyRepository,
      MongoOutbox,
      MongoSettledOffsets,
      MongoProjectRepository,
      MongoStore,
      MongoTopicRegistry,
    } = await import('@user-activity/adapter-mongodb');
    let calls = 0;
    const store = await MongoStore.open({
      ...settings,
      timeoutMs,
      onProgress(documents) {
        onProgress();
        calls += 1;
        const isPowerOfTwo = (calls & (calls - 1)) === 0;
        if (isPowerOfTwo)
          logger.info({ documents }, 'migrating MongoDB; the service starts when this is done');
      },
    });
    closers.add(store, (opened) => opened.close());
    return {
      feed: new MongoActivityFeed(store),
      repository: new MongoActivityRepository(store),
      deadLetters: new MongoDeadLetterRepository(store),
      deadLetterQueue: new MongoDeadLetterQueue(store),
      ledger: new MongoErasureLedger(store),
      projects: new MongoProjectRepository(store),
      keys: new MongoKeyRepository(store),
      outbox: new MongoOutbox(store),
      topics: new MongoTopicRegistry(store),
      settledOffsets: new MongoSettledOffsets(store),
    };
  },
});
