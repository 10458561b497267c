import { type DeadLetter, Timestamp } from '@user-activity/domain';
import type {
  DeadLetterSubject,
  RepositorySubject,
  TopicRegistrySubject,
} from '@user-activity/port-contracts';
import { cuttableProxy } from '@user-activity/test-servers';
import { mongodbUri } from '@user-activity/test-servers/shared';
import {
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoStore,
  MongoTopicRegistry,
} from '../src/index.ts';

let databases = 0;

/** A database of its own, over a connection that can be cut. */
export async function freshStore() {
  const { hostname, port } = new URL(mongodbUri());
  const proxy = await cuttableProxy(Number(port), hostname);
  databases += 1;
  const database = `test_${process.pid}_${databases}`;
  const store = await MongoStore.open({
    // Straight: the replica set would tell the driver the way past the proxy.
    uri: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`,
    database,
    timeoutMs: 2000,
  });
  return {
    database,
    store,
    async interrupt() {
      const mend = proxy.cut();
      return async () => mend();
    },
    async close() {
      await store.close();
      await proxy.close();
    },
  };
}

export async function mongoRepository(): Promise<RepositorySubject> {
  const { store, interrupt, close } = await freshStore();
  return { open: async () => new MongoActivityRepository(store), interrupt, close };
}

export async function mongoTopics(): Promise<TopicRegistrySubject> {
  const { store, interrupt, close } = await freshStore();
  return { open: async () => new MongoTopicRegistry(store), interrupt, close };
}

export async function mongoDeadLetters(): Promise<DeadLetterSubject> {
  const { store, interrupt, close } = await freshStore();
  return {
    open: async () => new MongoDeadLetterQueue(store),
    async letters() {
      const documents = await store.letters.find().toArray();
      return documents.map(
        ({ origin, key, value, headers, code, reason, diedAt }): DeadLetter => ({
          origin,
          key: key && Uint8Array.from(key.value()),
          value: value && Uint8Array.from(value.value()),
          headers: Object.fromEntries(
            headers.map(({ name }) => [
              name,
              headers.flatMap((one) => (one.name === name ? [Uint8Array.from(one.value.value())] : [])),
            ]),
          ),
          code,
          reason,
          diedAt: Timestamp.fromMillis(diedAt.getTime()),
        }),
      );
    },
    interrupt,
    close,
  };
}
