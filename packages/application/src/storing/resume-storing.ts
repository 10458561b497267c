import {
  DomainError,
  type EventConsumer,
  isUpgrade,
  type LogId,
  LogMismatch,
  missingOffsets,
  type OffsetSpan,
  type PartitionProgress,
  type ResumeAt,
  type SettledOffsets,
} from '@user-activity/domain';

/**
 * Receives what an operator should know about the offsets at which a consumer continues. The settled offset of a partition is kept in the
 * store: every record below it is stored or a dead letter.
 */
export interface ResumeObserver {
  /** The store was filled by an older version, which kept no settled offsets, so the consumer begins at the committed offsets. */
  upgraded(): void;
  /** The settled offset `from` is lower than the committed offset, so the records between the two are read again. */
  rereading(partition: number, from: number, committed: number): void;
  /** The log has lost `missing` offsets that were not settled, and the operator accepts the gap. */
  skipped(partition: number, missing: number): void;
}

export interface ResumeDeps {
  readonly settledOffsets: SettledOffsets;
  readonly consumer: Pick<EventConsumer, 'progress'>;
  /** The log from which the store is filled. */
  readonly log: LogId;
  /** Whether to continue if the log has lost records before they were stored. */
  readonly acceptsGap: boolean;
  readonly resumeObserver: ResumeObserver;
}

/**
 * Prepares the store before a consumer starts. If the log is new to the store, sets the settled offset of each partition to the offset
 * of the oldest record, or to the committed offset if an older version filled the store. Rejects with LogMismatch if a partition ends before
 * its settled offset, and, unless the operator accepts the gap, if its oldest record is above the settled offset.
 */
export type BeginStoring = () => Promise<void>;

export const makeBeginStoring = (deps: ResumeDeps): BeginStoring =>
  async function beginStoring() {
    const { settledOffsets, log, consumer } = deps;
    if ((await settledOffsets.find(log)) === undefined) {
      const [history, partitions] = [await settledOffsets.history(), await consumer.progress()];
      const byPartition = partitions.toSorted((a, b) => a.partition - b.partition);
      const continues = isUpgrade(history, partitions);
      await settledOffsets.begin(
        log,
        byPartition.map(({ oldest, committed }) => (continues ? committed : oldest)),
      );
      if (continues) deps.resumeObserver.upgraded();
    }
    const settled = await findSettledOffsets(deps);
    // Reads the ends of the log last. They only rise, so the store never seems to be ahead of the log.
    await assertContinuous(deps, await consumer.progress(), settled);
  };

/**
 * Makes the function that returns the offset at which a consumer continues in a partition: the settled offset, or the committed offset `next`,
 * whichever is lower. So a store that was restored from a backup catches up. The function rejects with LogMismatch as BeginStoring does.
 */
export const makeResumePartition = (deps: ResumeDeps): ResumeAt =>
  async function resumePartition(partition, next) {
    const settled = await findSettledOffsets(deps);
    const partitions = await deps.consumer.progress();
    const progress = partitions.find((candidate) => candidate.partition === partition);
    if (progress === undefined)
      throw new DomainError('LOG_UNAVAILABLE', `Partition ${partition} is not assigned to this consumer.`);
    await assertContinuous(deps, [progress], settled);
    const from = Math.max(settledOffsetOf(partition, settled), progress.oldest);
    if (from < next) deps.resumeObserver.rereading(partition, from, next);
    return Math.min(from, next);
  };

/** Returns the settled offset of each partition. */
async function findSettledOffsets({ settledOffsets, log }: ResumeDeps): Promise<readonly number[]> {
  const settled = await settledOffsets.find(log);
  if (settled !== undefined) return settled;
  throw new LogMismatch(
    'The store does not know the log any more: the store was emptied, or restored from an old backup. Restart this process: ' +
      'it then reads the log from its beginning.',
  );
}

function settledOffsetOf(partition: number, settled: readonly number[]): number {
  const offset = settled[partition];
  if (offset !== undefined) return offset;
  throw new LogMismatch(
    `The store has no offset for partition ${partition}: the topic has gained partitions since its first use. ` +
      'Restart this process: it then says what to do.',
  );
}

/**
 * Rejects with LogMismatch if a partition ends before its settled offset. Also rejects if its oldest record is above that offset, unless the
 * operator accepts such gaps; then raises the settled offset instead.
 */
async function assertContinuous(
  { settledOffsets, log, acceptsGap, resumeObserver }: ResumeDeps,
  partitions: readonly PartitionProgress[],
  settled: readonly number[],
): Promise<void> {
  const gaps = partitions.flatMap((progress) => {
    const { partition, oldest: to } = progress;
    const from = settledOffsetOf(partition, settled);
    return missingOffsets(progress, from) === 0 ? [] : [{ partition, from, to }];
  });
  if (gaps.length > 0 && !acceptsGap) throw new LogMismatch(gapMessage(gaps));
  for (const gap of gaps) {
    await settledOffsets.settle({ log, ...gap });
    resumeObserver.skipped(gap.partition, gap.to - gap.from);
  }
}

function gapMessage(gaps: readonly OffsetSpan[]): string {
  const missing = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  const listed = gaps
    .slice(0, maxListedGaps)
    .map(({ partition, from, to }) => `${from} to ${to - 1} of partition ${partition}`);
  const others = gaps.length > listed.length ? ` and of ${gaps.length - listed.length} other partitions` : '';
  return (
    `${missing} offsets are missing: ${listed.join(', ')}${others}. Their records were deleted before they were stored. ` +
    'Restore them if you can. To continue without them, start once with ACCEPT_GAP=true.'
  );
}

const maxListedGaps = 10;
