import type { Cancellation, RecordHandler, ResumeAt } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import type { EachBatchPayload } from 'kafkajs';
import { persist } from './persist.ts';
import { type RecordPortion, recordPortions } from './record-portions.ts';

export interface BatchHandlerDeps {
  readonly handler: RecordHandler;
  readonly resumeAt: ResumeAt;
  /** Returns the offset of the oldest record that the partition still holds. */
  readonly oldestOffset: (partition: number) => Promise<number>;
  /** Rejects if the records of the partition may be those of another log. */
  readonly assertSameLog: (partition: number) => Promise<void>;
  /** Whether the member still owns its partitions. */
  readonly mayCommit: () => boolean;
}

/** The progress of a member in one partition since it was assigned. */
interface Position {
  /** The offset up to which the store has settled the partition. */
  readonly handled: number;
  /** The offset from which KafkaJS fetches next. It is higher than `handled` if the records between were deleted. */
  readonly next: number;
}

/** Handles the batches of one member, also those without records. Batches of different partitions may be handled at the same time. */
export class BatchHandler {
  readonly #deps: BatchHandlerDeps;
  /** By partition. Each assignment has its own map. */
  #positions: Map<number, Position> = new Map();

  constructor(deps: BatchHandlerDeps) {
    this.#deps = deps;
  }

  /** Forgets the positions. Batches that are still being handled change nothing any more. */
  beginAssignment(): void {
    this.#positions = new Map();
  }

  /**
   * Handles a batch, and commits each portion of it. Asks where to resume first, unless the batch follows the one before. Resolves early,
   * without a commit, if it is cancelled or must go back. Rejects with ResumeRefused if the member can't continue.
   */
  async handle(payload: EachBatchPayload, signal: Cancellation): Promise<void> {
    const batch = fetchedBatch(payload.batch);
    const { partition } = batch;
    const positions = this.#positions;
    const isCancelled = (): boolean => signal.aborted || positions !== this.#positions;
    const resume = (next: number): Promise<Position | undefined> =>
      persist(() => this.#resumption(partition, next), signal);

    const fetched = Number(batch.fetchedOffset);
    const known = positions.get(partition);
    const position = known?.next === fetched ? known : await resume(fetched);
    const isFirst = known === undefined;
    const isEmpty = batch.rawMessages.length === 0;
    if (isFirst || !isEmpty) await persist(() => this.#deps.assertSameLog(partition), signal);
    if (position === undefined || isCancelled()) return;
    // Each assignment begins with a commit, so that the group is marked even if no record follows.
    if (isFirst && this.#deps.mayCommit()) await commit(payload, position.next);
    positions.set(partition, position);
    if (position.next < fetched) goBack(payload, position);
    if (position.next < fetched || isEmpty) return;

    let from = position.handled;
    for await (const { records, lastOffset } of portionsOf(batch)) {
      // After the last record, KafkaJS continues after the control records that follow it.
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
      // After its session, the member owns no partition. A commit would make KafkaJS join the group again.
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

  /** Returns where to continue instead of `next`: there, or at a lower offset that the log still holds. */
  async #resumption(partition: number, next: number): Promise<Position> {
    const { resumeAt, oldestOffset } = this.#deps;
    const handled = Math.min(await resumeAt(partition, next), next);
    if (handled === next) return { handled, next };
    // A fetch from a deleted offset would begin at the oldest record.
    const oldest = await oldestOffset(partition);
    return { handled, next: Math.min(next, Math.max(handled, oldest)) };
  }
}

/** Unlike KafkaJS's `seek`, this can't get lost if the next commit fails. KafkaJS commits the lower offset when the batch ends. */
const goBack = (payload: EachBatchPayload, { next }: Position): void =>
  payload.resolveOffset(String(next - 1));

function commit(payload: EachBatchPayload, offset: number): Promise<void> {
  const { topic, partition } = payload.batch;
  const partitions = [{ partition, offset: String(offset) }];
  return payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
}

/** Returns the records of the batch in portions; one portion without records if it has only control records and aborted records. */
async function* portionsOf(batch: FetchedBatch): AsyncGenerator<RecordPortion> {
  if (batch.messages.length === 0) yield { records: [], lastOffset: batch.lastOffset() };
  yield* recordPortions(batch.topic, batch.partition, batch.messages);
}

/** A batch with the members that KafkaJS's type omits. */
type FetchedBatch = EachBatchPayload['batch'] & {
  /** The offset from which the batch was fetched. */
  readonly fetchedOffset: string;
  /** All records, also control records and aborted records. None if the fetch returned nothing. */
  readonly rawMessages: readonly object[];
};

function fetchedBatch(batch: EachBatchPayload['batch']): FetchedBatch {
  if ('fetchedOffset' in batch && 'rawMessages' in batch) return batch as FetchedBatch;
  throw new Error('This version of kafkajs has no fetchedOffset or no rawMessages.');
}
