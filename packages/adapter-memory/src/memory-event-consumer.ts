import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  DomainError,
  type EventConsumer,
  isDomainError,
  type LogRecord,
  type OffsetSpan,
  type PartitionProgress,
  type RecordHandler,
  type ResumeAt,
} from '@user-activity/domain';
import { MemoryLog } from './memory-log.ts';

const maxRecords = 1000;

/** Reads a log in memory. Any free member of a group takes the next batch of a partition, unless another member is handling one. */
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
    // A rejection that nobody handles would end the process.
    this.ended.catch(() => undefined);
  }

  async start(handler: RecordHandler, resumeAt?: ResumeAt): Promise<void> {
    const partitions = [...Array(this.#log.partitions).keys()];
    this.#work = Promise.all(partitions.map((partition) => this.#consume(partition, handler, resumeAt)));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#log.wakeConsumers();
    await this.#work;
    this.#ended.resolve();
  }

  async ping(): Promise<void> {
    if (this.#stopping.signal.aborted || !this.#log.reachable)
      throw new DomainError('LOG_UNAVAILABLE', 'The consumer has stopped, or the log is out of reach.');
  }

  async progress(): Promise<readonly PartitionProgress[]> {
    return this.#log.progress(this.#group);
  }

  async #consume(partition: number, handler: RecordHandler, resumeAt?: ResumeAt): Promise<void> {
    /** The offset at which this member continues. Undefined at the start and after a failure, when `resumeAt` must decide. */
    let position: number | undefined;
    while (!this.#stopping.signal.aborted) {
      const { changed } = this.#log;
      const minOffsets = position === undefined ? 0 : 1;
      const claim = this.#log.claim(this.#group, partition, maxRecords, minOffsets);
      if (claim === undefined) {
        await changed;
        continue;
      }
      const next = this.#log.committed(this.#group, partition);
      try {
        const from = position === next ? next : ((await resumeAt?.(partition, next)) ?? next);
        const span = { partition, from: next, to: claim.to };
        position = from < next || claim.to === next ? from : await this.#handle(claim.records, handler, span);
      } catch (error) {
        position = undefined;
        if (!isDomainError(error)) this.#end(error);
      } finally {
        const isMarked = position === undefined ? undefined : resumeAt !== undefined;
        this.#log.release(this.#group, partition, (position ?? next) - next, isMarked);
        // Yields to the event loop, so that other work can run even if the handler always rejects.
        await nextTurn();
      }
    }
  }

  #end(error: unknown): void {
    this.#ended.reject(error);
    this.#stopping.abort();
    this.#log.wakeConsumers();
  }

  /** Passes records to the handler. Returns the offset after the span, or undefined if the handler rejects. */
  #handle(
    records: readonly LogRecord[],
    handler: RecordHandler,
    span: OffsetSpan,
  ): Promise<number | undefined> {
    return handler(records, this.#stopping.signal, span).then(
      () => span.to,
      () => undefined,
    );
  }
}
