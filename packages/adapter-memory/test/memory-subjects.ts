import type {
  ActivityFeedSubject,
  DeadLetterSubject,
  ErasureLedgerSubject,
  KeyRepositorySubject,
  LetterRepositorySubject,
  LogSubject,
  OutboxSubject,
  ProjectRepositorySubject,
  RepositorySubject,
  SettledOffsetsSubject,
  TopicRegistrySubject,
} from '@user-activity/port-contracts';
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
} from '../src/index.ts';

/** Makes a store or log unreachable until the returned function is called. */
async function interrupt(target: { reachable: boolean }): Promise<() => Promise<void>> {
  target.reachable = false;
  return async () => {
    target.reachable = true;
  };
}

export async function memoryRepository(store: MemoryStore = new MemoryStore()): Promise<RepositorySubject> {
  return {
    open: async () => new MemoryActivityRepository(store),
    interrupt: () => interrupt(store),
    close: async () => store.activities.clear(),
  };
}

export async function memoryDeadLetters(store: MemoryStore = new MemoryStore()): Promise<DeadLetterSubject> {
  return {
    open: async () => new MemoryDeadLetterQueue(store),
    letters: async () => [...store.letters.values()],
    interrupt: () => interrupt(store),
    close: async () => store.letters.clear(),
  };
}

export async function memoryLetters(
  store: MemoryStore = new MemoryStore(),
): Promise<LetterRepositorySubject> {
  return {
    open: async () => new MemoryDeadLetterRepository(store),
    queue: async () => new MemoryDeadLetterQueue(store),
    interrupt: () => interrupt(store),
    close: async () => store.letters.clear(),
  };
}

export async function memoryProjects(
  store: MemoryStore = new MemoryStore(),
): Promise<ProjectRepositorySubject> {
  return {
    open: async () => new MemoryProjectRepository(store),
    activities: async () => new MemoryActivityRepository(store),
    queue: async () => new MemoryDeadLetterQueue(store),
    letters: async () => new MemoryDeadLetterRepository(store),
    interrupt: () => interrupt(store),
    close: async () => store.activities.clear(),
  };
}

export async function memoryKeys(store: MemoryStore = new MemoryStore()): Promise<KeyRepositorySubject> {
  return {
    open: async () => new MemoryKeyRepository(store),
    interrupt: () => interrupt(store),
    close: async () => store.keys.clear(),
  };
}

export async function memoryOutbox(store: MemoryStore = new MemoryStore()): Promise<OutboxSubject> {
  return {
    open: async () => new MemoryOutbox(store),
    interrupt: () => interrupt(store),
    close: async () => store.outbox.clear(),
  };
}

export async function memoryTopics(store: MemoryStore = new MemoryStore()): Promise<TopicRegistrySubject> {
  return {
    open: async () => new MemoryTopicRegistry(store),
    interrupt: () => interrupt(store),
    close: async () => store.topics.clear(),
  };
}

export async function memorySettledOffsets(
  store: MemoryStore = new MemoryStore(),
): Promise<SettledOffsetsSubject> {
  return {
    open: async () => new MemorySettledOffsets(store),
    repository: async () => new MemoryActivityRepository(store),
    interrupt: () => interrupt(store),
    close: async () => store.settled.clear(),
  };
}

export async function memoryFeed(store: MemoryStore = new MemoryStore()): Promise<ActivityFeedSubject> {
  return {
    open: async () => new MemoryActivityFeed(store),
    repository: async () => new MemoryActivityRepository(store),
    settledOffsets: async () => new MemorySettledOffsets(store),
    interrupt: () => interrupt(store),
    close: async () => store.activities.clear(),
  };
}

export async function memoryErasures(store: MemoryStore = new MemoryStore()): Promise<ErasureLedgerSubject> {
  return {
    open: async () => new MemoryErasureLedger(store),
    repository: async () => new MemoryActivityRepository(store),
    queue: async () => new MemoryDeadLetterQueue(store),
    letters: async () => new MemoryDeadLetterRepository(store),
    interrupt: () => interrupt(store),
    close: async () => store.activities.clear(),
  };
}

export async function memoryLog(log: MemoryLog = new MemoryLog()): Promise<LogSubject> {
  const consumers: MemoryEventConsumer[] = [];
  return {
    openPublisher: async (options) => new MemoryEventPublisher(log, options),
    async openConsumer(group) {
      const consumer = new MemoryEventConsumer(log, group);
      consumers.push(consumer);
      return consumer;
    },
    async append(record) {
      log.appendRaw(record);
      return record;
    },
    skipOffsets: async (partition) => log.skipOffset(partition),
    marksCommits: true,
    interrupt: () => interrupt(log),
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    },
  };
}
