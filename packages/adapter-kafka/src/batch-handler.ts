import type { Cancellation, RecordHandler, ResumeAt } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import type { EachBatchPayload } from 'kafkajs';
import { retryOnDomainError } from './retry-on-domain-error.ts';
import { type RecordPortion, recordPortions } from './record-portions.ts';

/** The functions that a BatchHandler calls. */
export interface BatchHandlerDeps {
  readonly handler: RecordHandler;
  readonly resumeAt: ResumeAt;
  /** Returns the offset of the oldest record that the partition still holds. */
  readonly oldestOffset: (partition: number) => Promise<number>;
  /** Rejects if the topic was deleted and recreated, because the partition may then hold records of the new topic. */
  readonly assertSameLog: (partition: number) => Promise<void>;
  /** Returns whether the member still owns its partitions. */
  readonly mayCommit: () => boolean;
}

/** The progress of a member in one partition since it was assigned. */
interface Position {
  /** All records below this offset are handled already. */
  readonly handled: number;
  /** The offset from which KafkaJS fetches next. It is higher than `handled` if the log has deleted the records in between. */
  readonly next: number;
}

/**
 * Handles the batches that one member of a consumer group fetches, including batches without records. May handle batches of different
 * partitions at the same time.
 */
export class BatchHandler {
  readonly #deps: BatchHandlerDeps;
  /** The position in each partition. Each assignment of partitions to the member has its own map. */
  #positions: Map<number, Position> = new Map();

  constructor(deps: BatchHandlerDeps) {
    this.#deps = deps;
  }

  /** Forgets all positions. Batches of the previous assignment that are still being handled no longer commit anything. */
  beginAssignment(): void {
    this.#positions = new Map();
  }

  /**
   * Handles a batch in portions, and commits the offset after each portion. If the batch does not begin where the previous batch of its
   * partition ended, asks `resumeAt` first. Resolves early if it is cancelled, or if KafkaJS must fetch from a lower offset first.
   * Rejects with ResumeRefused if the member can't continue.
   */
  async handle(payload: EachBatchPayload, signal: Cancellation): Promise<void> {
    const batch = fetchedBatch(payload.batch);
    const { partition } = batch;
    const positions = this.#positions;
    const isCancelled = (): boolean => signal.aborted || positions !== this.#positions;
    const resume = (next: number): Promise<Position | undefined> =>
      retryOnDomainError(() => this.#resumption(partition, next), signal);

    const fetched = Number(batch.fetchedOffset);
    const known = positions.get(partition);
    const position = known?.next === fetched ? known : await resume(fetched);
    const isFirst = known === undefined;
    const isEmpty = batch.rawMessages.length === 0;
    if (isFirst || !isEmpty) await retryOnDomainError(() => this.#deps.assertSameLog(partition), signal);
    if (position === undefined || isCancelled()) return;
    // Each assignment begins with a commit, so that the group's offset has the commit mark even if no record follows.
    if (isFirst && this.#deps.mayCommit()) await commit(payload, position.next);
    positions.set(partition, position);
    if (position.next < fetched) goBack(payload, position);
    if (position.next < fetched || isEmpty) return;

    let from = position.handled;
    for await (const { records, lastOffset } of portionsOf(batch)) {
      // The last portion includes the control records after the last record, because KafkaJS continues after them.
      const isLast = lastOffset === batch.messages.at(-1)?.offset;
      const to = Number(isLast ? batch.lastOffset() : lastOffset) + 1;
      for (let failures = 1; ; failures += 1) {
        if (isCancelled()) return;
        if (await this.#isHandled(records, signal, { partition, from, to })) break;
        await backOff(failures, signal);
        const resumed = await resume(from);
        if (resumed === undefined || isCancelled()) return;
        if (resumed.next < from) {
          positions.set(partition, resumed);
          goBack(payload, resumed);
          return;
        }
        from = resumed.handled;
      }
      // Once its session has expired, the member owns no partition. A commit would make KafkaJS join the group again.
      if (!this.#deps.mayCommit() || positions !== this.#positions) return;
      payload.resolveOffset(lastOffset);
      from = to;
      positions.set(partition, { handled: to, next: to });
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    }
  }

  async #isHandled(...args: Parameters<RecordHandler>): Promise<boolean> {
    try {
      await this.#deps.handler(...args);
      return true;
    } catch {
      return false;
    }
  }

  /** Asks `resumeAt` where to continue: at `next` or a lower offset. If the log has deleted that offset, continues at the oldest record. */
  async #resumption(partition: number, next: number): Promise<Position> {
    const { resumeAt, oldestOffset } = this.#deps;
    const handled = Math.min(await resumeAt(partition, next), next);
    if (handled === next) return { handled, next };
    // A fetch from a deleted offset would begin at the oldest record.
    const oldest = await oldestOffset(partition);
    return { handled, next: Math.min(next, Math.max(handled, oldest)) };
  }
}

/** Makes KafkaJS commit the lower offset when the batch ends, and fetch from there. Unlike its `seek`, this survives a failed commit. */
const goBack = (payload: EachBatchPayload, { next }: Position): void =>
  payload.resolveOffset(String(next - 1));

function commit(payload: EachBatchPayload, offset: number): Promise<void> {
  const { topic, partition } = payload.batch;
  const partitions = [{ partition, offset: String(offset) }];
  return payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
}

/** Yields the records of the batch in portions. A batch of only control records and aborted records gives one portion without records. */
async function* portionsOf(batch: FetchedBatch): AsyncGenerator<RecordPortion> {
  if (batch.messages.length === 0) yield { records: [], lastOffset: batch.lastOffset() };
  yield* recordPortions(batch.topic, batch.partition, batch.messages);
}

/** A batch with the members that KafkaJS's type omits. */
type FetchedBatch = EachBatchPayload['batch'] & {
  /** The offset from which the batch was fetched. */
  readonly fetchedOffset: string;
  /** All records, including control records and aborted records. Empty if the fetch returned nothing. */
  readonly rawMessages: readonly object[];
};

function fetchedBatch(batch: EachBatchPayload['batch']): FetchedBatch {
  if ('fetchedOffset' in batch && 'rawMessages' in batch) return batch as FetchedBatch;
  throw new Error('The batches of this version of kafkajs lack fetchedOffset or rawMessages.');
}
