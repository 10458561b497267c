import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  DomainError,
  type EventConsumer,
  type PartitionProgress,
  type RecordHandler,
} from '@user-activity/domain';
import { MemoryLog } from './memory-log.ts';

const maxRecords = 1000;

/** Reads a log in memory. Any free member of a group takes the next batch of a partition, if no member handles a batch of it. */
export class MemoryEventConsumer implements EventConsumer {
  readonly #log: MemoryLog;
  readonly #group: string;
  readonly #stopping = new AbortController();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly ended: Promise<void> = this.#ended.promise;
  #work: Promise<unknown> = Promise.resolve();

  constructor(log: MemoryLog = new MemoryLog(), group = 'user-activity-store') {
    this.#log = log;
    this.#group = group;
  }

  async start(handler: RecordHandler): Promise<void> {
    const partitions = [...Array(this.#log.partitions).keys()];
    this.#work = Promise.all(partitions.map((partition) => this.#consume(partition, handler)));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#log.wakeConsumers();
    await this.#work;
    this.#ended.resolve();
  }

  async ping(): Promise<void> {
    if (this.#stopping.signal.aborted || !this.#log.reachable)
      throw new DomainError('LOG_UNAVAILABLE', 'The log did not answer.');
  }

  async progress(): Promise<readonly PartitionProgress[]> {
    return this.#log.progress(this.#group);
  }

  async #consume(partition: number, handler: RecordHandler): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const { changed } = this.#log;
      const records = this.#log.claim(this.#group, partition, maxRecords);
      if (records === undefined) {
        await changed;
        continue;
      }
      const handledCount = await handler(records, signal).then(
        () => records.length,
        () => 0,
      );
      this.#log.release(this.#group, partition, handledCount);
      // Lets the event loop turn, even if the handler always rejects.
      await nextTurn();
    }
  }
}
