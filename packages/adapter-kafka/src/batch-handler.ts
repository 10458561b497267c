import type { Cancellation, RecordHandler, ResumeAt } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import type { EachBatchPayload, IBatchProcessEvent } from 'kafkajs';
import { persist } from './persist.ts';
import { recordPortions } from './record-portions.ts';

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
  /** The offset from which KafkaJS fetches next. Control records may lie between `handled` and it. */
  readonly next: number;
  /** Whether KafkaJS may still return a batch that it fetched before the member went back to `next`. */
  readonly isGoingBack?: boolean;
}

/** Handles the batches of one member. Batches of different partitions may be handled at the same time. */
export class BatchHandler {
  readonly #deps: BatchHandlerDeps;
  /** By partition. Each assignment has its own map. */
  #positions: Map<number, Position> = new Map();
  /** By partition: the first question of the assignment where to resume. */
  #resumptions: Map<number, Promise<unknown>> = new Map();

  constructor(deps: BatchHandlerDeps) {
    this.#deps = deps;
  }

  /** Forgets the positions. Batches that are still being handled change nothing any more. */
  beginAssignment(): void {
    this.#positions = new Map();
    this.#resumptions = new Map();
  }

  /** Follows KafkaJS over a batch of control records and aborted records only. Such a batch never reaches `handle`. */
  noteBatch({ partition, batchSize, firstOffset, lastOffset }: IBatchProcessEvent): void {
    const position = this.#positions.get(partition);
    if (batchSize > 0 || position?.next !== Number(firstOffset)) return;
    this.#positions.set(partition, { handled: position.handled, next: Number(lastOffset) + 1 });
  }

  /**
   * Asks where to resume a partition that was just assigned, and where the group continues at `next`. Returns the offset to which
   * KafkaJS must seek, or undefined if it may continue. A batch of the partition waits for the answer. Rejects with ResumeRefused if the
   * member can't continue.
   */
  async resume(partition: number, next: number, signal: Cancellation): Promise<number | undefined> {
    const resumptions = this.#resumptions;
    if (resumptions.has(partition)) return undefined;
    const resumption = this.#resume(partition, next, signal);
    resumptions.set(partition, resumption);
    return resumption;
  }

  async #resume(partition: number, next: number, signal: Cancellation): Promise<number | undefined> {
    const positions = this.#positions;
    const resumed = await persist(() => this.#resumption(partition, next), signal);
    if (positions !== this.#positions) return undefined;
    if (resumed === undefined || signal.aborted) {
      this.#resumptions.delete(partition);
      return undefined;
    }
    const isGoingBack = resumed.next < next;
    positions.set(partition, { ...resumed, isGoingBack });
    return isGoingBack ? resumed.next : undefined;
  }

  /**
   * Handles a batch, and commits each portion of it. Resolves early, without a commit, if it is cancelled or must go back. Rejects with
   * ResumeRefused if the member can't continue.
   */
  async handle(payload: EachBatchPayload, signal: Cancellation): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const positions = this.#positions;
    const fetched = fetchedOffset(batch);
    await this.resume(partition, fetched, signal);
    await this.#resumptions.get(partition);
    const position = positions.get(partition);
    if (signal.aborted || positions !== this.#positions || position === undefined) return;
    if (position.isGoingBack === true && position.next < fetched) {
      this.#goBack(payload, position);
      return;
    }
    // Undefined while `resumeAt` must be asked again, because KafkaJS skipped offsets.
    let from = position.next === fetched ? position.handled : undefined;
    let next = fetched;
    await persist(() => this.#deps.assertSameLog(partition), signal);
    for await (const { records, lastOffset } of recordPortions(batch.topic, partition, batch.messages)) {
      // After the last record, KafkaJS continues after the control records that follow it.
      const isLast = lastOffset === batch.messages.at(-1)?.offset;
      const to = Number(isLast ? batch.lastOffset() : lastOffset) + 1;
      for (let failures = 1; ; failures += 1) {
        const resumed: Position | undefined =
          from === undefined
            ? await persist(() => this.#resumption(partition, next), signal)
            : { handled: from, next };
        if (resumed === undefined || signal.aborted || positions !== this.#positions) return;
        if (resumed.next < next) {
          this.#goBack(payload, resumed);
          return;
        }
        from = resumed.handled;
        if (await this.#isHandled(records, signal, { from, to })) break;
        await backOff(failures, signal);
        next = from;
        from = undefined;
      }
      // After its session, the member owns no partition. A commit would make KafkaJS join the group again.
      if (!this.#deps.mayCommit() || positions !== this.#positions) return;
      payload.resolveOffset(lastOffset);
      from = to;
      positions.set(partition, { handled: to, next: to });
      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    }
  }

  /** Unlike `seek`, this can't get lost if the next commit fails. KafkaJS commits the lower offset when the batch ends. */
  #goBack(payload: EachBatchPayload, { handled, next }: Position): void {
    payload.resolveOffset(String(next - 1));
    this.#positions.set(payload.batch.partition, { handled, next });
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

/** Returns the offset from which the batch was fetched. KafkaJS's type omits it. */
function fetchedOffset(batch: EachBatchPayload['batch']): number {
  const offset = Number(Reflect.get(batch, 'fetchedOffset'));
  if (!Number.isSafeInteger(offset)) throw new Error('This version of kafkajs has no fetchedOffset.');
  return offset;
}
