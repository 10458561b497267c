import {
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryErasureLedger,
  MemoryEventConsumer,
  MemoryProjectRepository,
  MemorySettledOffsets,
} from '@user-activity/adapter-memory';
import { makeStoringUseCases } from '@user-activity/application';
import { anonymiser, digestUser, logId, type Service } from './service.ts';

/** Returns a function that, as a consumer does, stores what the log holds and an earlier call has not stored. */
export function storing({ store, clock, logged }: Service): () => Promise<void> {
  store.settled.set(logId, [0]);
  const { storeActivities } = makeStoringUseCases({
    log: logId,
    isFirstLog: true,
    settledOffsets: new MemorySettledOffsets(store),
    projects: new MemoryProjectRepository(store),
    ledger: new MemoryErasureLedger(store),
    digestUser,
    anonymiser,
    consumer: new MemoryEventConsumer(),
    acceptsGap: false,
    resumeObserver: { upgraded: () => undefined, rereading: () => undefined, skipped: () => undefined },
    repository: new MemoryActivityRepository(store),
    deadLetterQueue: new MemoryDeadLetterQueue(store),
    clock,
    pause: async () => undefined,
    grace: async () => undefined,
    observer: { failed: () => undefined, recovered: () => undefined },
    health: { log: [], store: [] },
  });
  let from = 0;
  return async () => {
    const records = logged().slice(from);
    const to = from + records.length;
    await storeActivities(records, new AbortController().signal, { partition: 0, from, to });
    from = to;
  };
}
