import { type DeadLetter, Timestamp } from '@user-activity/domain';
import type { DeadLetterSubject, RepositorySubject } from '@user-activity/port-contracts';
import { cuttableProxy, type Mongod, startMongod } from '@user-activity/test-servers';
import { MongoActivityRepository, MongoDeadLetterQueue, MongoStore } from '../src/index.ts';

let server: Promise<Mongod> | undefined;
let databases = 0;

/** The mongod of this file's tests. */
export function mongod(): Promise<Mongod> {
  server ??= startMongod();
  return server;
}

export async function stopMongod(): Promise<void> {
  await (await server)?.stop();
}

/** A database of its own, over a connection that can be cut. */
export async function freshStore() {
  const { port } = await mongod();
  const proxy = await cuttableProxy(port);
  databases += 1;
  const store = await MongoStore.open({
    // Straight: the replica set would tell the driver the way past the proxy.
    uri: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`,
    database: `test_${databases}`,
    timeoutMs: 2000,
  });
  return {
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
            headers.map((header) => [header.name, Uint8Array.from(header.value.value())]),
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
