import { Type } from '@sinclair/typebox';
import {
  MemoryActivityFeed,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryErasureLedger,
  MemoryEventConsumer,
  MemoryEventPublisher,
  MemoryKeyRepository,
  MemoryLog,
  MemoryOutbox,
  MemorySettledOffsets,
  MemoryProjectRepository,
  MemoryStore,
  MemoryTopicRegistry,
} from '@user-activity/adapter-memory';
import type { Closers } from '@user-activity/runner';
import { defineEngine, type LogEngine, type StoreEngine } from '../src/index.ts';

/** A log and a store in memory, as engines that an app can offer. They show that a new engine needs only one file and one row in a list. */
export function memoryEngines() {
  const [log, store] = [new MemoryLog(), new MemoryStore()];
  const closed: string[] = [];
  const opened = (name: string, closers: Closers) =>
    closers.add(name, async () => {
      closed.push(name);
    });

  const memoryLog = defineEngine({
    name: 'the log in memory',
    variable: 'MEMORY_TOPIC',
    variables: {
      MEMORY_TOPIC: Type.Optional(Type.String()),
      MEMORY_GROUP: Type.String({ default: 'group' }),
    },
    settings: ({ MEMORY_TOPIC: topic = '', MEMORY_GROUP: group }) => ({ topic, group }),
    async open({ topic, group }, { closers }): Promise<LogEngine> {
      log.assertReachable();
      opened('log', closers);
      return {
        sessionMs: 0,
        topic: { name: topic, partitions: log.partitions },
        makePublisher: ({ maxBufferedEvents: bufferedEvents }) =>
          new MemoryEventPublisher(log, { bufferedEvents }),
        makeConsumerFactory: () => () => new MemoryEventConsumer(log, group),
        progress: async () => log.progress(group),
      };
    },
  });

  const memoryStore = defineEngine({
    name: 'the store in memory',
    variable: 'MEMORY_STORE',
    variables: { MEMORY_STORE: Type.Optional(Type.String()) },
    settings: ({ MEMORY_STORE: place }) => ({ place }),
    async open(_, { closers }): Promise<StoreEngine> {
      store.assertReachable();
      opened('store', closers);
      return {
        feed: new MemoryActivityFeed(store),
        ledger: new MemoryErasureLedger(store),
        repository: new MemoryActivityRepository(store),
        deadLetters: new MemoryDeadLetterRepository(store),
        deadLetterQueue: new MemoryDeadLetterQueue(store),
        projects: new MemoryProjectRepository(store),
        keys: new MemoryKeyRepository(store),
        outbox: new MemoryOutbox(store),
        topics: new MemoryTopicRegistry(store),
        settledOffsets: new MemorySettledOffsets(store),
      };
    },
  });

  return { log, store, closed, memoryLog, memoryStore };
}
