import { type Static, type TObject, Type } from '@sinclair/typebox';
import {
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoDeadLetterRepository,
  MongoStore,
  MongoTopicRegistry,
} from '@user-activity/adapter-mongodb';
import type { Closers } from '@user-activity/runner';
import { defineEngine, type StoreEngine, type StoreLimits } from '../engine.ts';

const variables = {
  MONGODB_URI: Type.Optional(
    Type.String({
      pattern: '^mongodb(?:\\+srv)?://.',
      description: 'a connection string that begins with mongodb:// or mongodb+srv://',
    }),
  ),
  MONGODB_DATABASE: Type.String({
    default: 'user_activity',
    pattern: '^[^/\\\\. "$*<>:|?\\u0000]{1,63}$',
    description: 'the name of a database: 1 to 63 characters without space and any of /\\."$*<>:|?',
  }),
};

const settings = ({
  MONGODB_URI: uri = '',
  MONGODB_DATABASE: database,
}: Static<TObject<typeof variables>>) => ({
  uri,
  database,
});

/** Opens a database of MongoDB as the store. */
async function openMongodbStore(
  place: ReturnType<typeof settings>,
  closers: Closers,
  { queryTimeoutMs: timeoutMs }: StoreLimits,
): Promise<StoreEngine> {
  const store = await MongoStore.open({ ...place, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  closers.add(store, (opened) => opened.close());
  return {
    repository: new MongoActivityRepository(store),
    deadLetters: new MongoDeadLetterRepository(store),
    deadLetterQueue: new MongoDeadLetterQueue(store),
    topics: new MongoTopicRegistry(store),
  };
}

/** MongoDB as a store. */
export const mongodbStore = defineEngine({
  name: 'MongoDB',
  variable: 'MONGODB_URI',
  variables,
  settings,
  open: openMongodbStore,
});
