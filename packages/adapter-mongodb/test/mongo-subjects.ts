import type {
  ActivityFeedSubject,
  DeadLetterSubject,
  ErasureLedgerSubject,
  KeyRepositorySubject,
  LetterRepositorySubject,
  OutboxSubject,
  ProjectRepositorySubject,
  RepositorySubject,
  SettledOffsetsSubject,
  TopicRegistrySubject,
} from '@user-activity/port-contracts';
import { faultyProxy } from '@user-activity/test-kit';
import { mongodbUri } from '@user-activity/test-kit/shared';
import {
  MongoActivityFeed,
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoDeadLetterRepository,
  MongoErasureLedger,
  MongoKeyRepository,
  MongoSettledOffsets,
  MongoOutbox,
  MongoProjectRepository,
  MongoStore,
  MongoTopicRegistry,
} from '../src/index.ts';
import { deadLetterFromDocument } from '../src/dead-letter-document.ts';

let databases = 0;

/** Opens a store in a new database, over a connection that can be cut. */
export async function freshStore() {
  const { hostname, port } = new URL(mongodbUri());
  const proxy = await faultyProxy(Number(port), hostname);
  databases += 1;
  const database = `test_${process.pid}_${databases}`;
  const store = await MongoStore.open({
    // From the replica set, the driver would learn the server's own address and avoid the proxy.
    uri: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`,
    database,
    // Interrupted stores fail after this time. Others have the default limits, because a slow disk is no failure.
    selectionTimeoutMs: 2000,
  });
  return {
    database,
    store,
    async interrupt() {
      const endFault = proxy.cut();
      return async () => endFault();
    },
    /** Drops the replies of the server until the returned function is called. That function also closes the connections. */
    loseAnswers: () => proxy.loseAnswers(),
    async close() {
      await store.close();
      await proxy.close();
    },
  };
}

export async function mongoActivityRepository(): Promise<RepositorySubject> {
  const { store, interrupt, close } = await freshStore();
  return { open: async () => new MongoActivityRepository(store), interrupt, close };
}

export async function mongoTopicRegistry(): Promise<TopicRegistrySubject> {
  const { store, interrupt, close } = await freshStore();
  return { open: async () => new MongoTopicRegistry(store), interrupt, close };
}

export async function mongoSettledOffsets(): Promise<SettledOffsetsSubject> {
  const { store, interrupt, close } = await freshStore();
  return {
    open: async () => new MongoSettledOffsets(store),
    repository: async () => new MongoActivityRepository(store),
    interrupt,
    close,
  };
}

export async function mongoFeed(): Promise<ActivityFeedSubject> {
  const { store, interrupt, close } = await freshStore();
  return {
    open: async () => new MongoActivityFeed(store),
    repository: async () => new MongoActivityRepository(store),
    settledOffsets: async () => new MongoSettledOffsets(store),
    interrupt,
    close,
  };
}

export async function mongoErasures(): Promise<ErasureLedgerSubject> {
  const { store, interrupt, close } = await freshStore();
  return {
    open: async () => new MongoErasureLedger(store),
    repository: async () => new MongoActivityRepository(store),
    queue: async () => new MongoDeadLetterQueue(store),
    letters: async () => new MongoDeadLetterRepository(store),
    interrupt,
    close,
  };
}

export async function mongoDeadLetterQueue(): Promise<DeadLetterSubject> {
  const { store, interrupt, close } = await freshStore();
  return {
    open: async () => new MongoDeadLetterQueue(store),
    async letters() {
      return (await store.deadLetters.find().toArray()).map(deadLetterFromDocument);
    },
    interrupt,
    close,
  };
}

export async function mongoDeadLetterRepository(): Promise<LetterRepositorySubject> {
  const { store, interrupt, close } = await freshStore();
  return {
    open: async () => new MongoDeadLetterRepository(store),
    queue: async () => new MongoDeadLetterQueue(store),
    interrupt,
    close,
  };
}

export async function mongoProjectRepository(): Promise<ProjectRepositorySubject> {
  const { store, interrupt, close } = await freshStore();
  return {
    open: async () => new MongoProjectRepository(store),
    activities: async () => new MongoActivityRepository(store),
    queue: async () => new MongoDeadLetterQueue(store),
    letters: async () => new MongoDeadLetterRepository(store),
    interrupt,
    close,
  };
}

export async function mongoKeyRepository(): Promise<KeyRepositorySubject> {
  const { store, interrupt, close } = await freshStore();
  return { open: async () => new MongoKeyRepository(store), interrupt, close };
}

export async function mongoOutbox(): Promise<OutboxSubject> {
  const { store, interrupt, close } = await freshStore();
  return { open: async () => new MongoOutbox(store), interrupt, close };
}
