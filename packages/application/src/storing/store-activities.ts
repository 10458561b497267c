import {
  type Cancellation,
  DomainError,
  locatedRecord,
  type LogRecord,
  type OffsetSpan,
  type OutageObserver,
  type SaveOutcome,
  type SettledOffsets,
} from '@user-activity/domain';
import { persist, type PersistDeps } from './persist.ts';
import { storeRecords, type StoreRecordsDeps, type StoreTally } from './store-records.ts';
import { unlessErased, type UnlessErasedDeps } from './unless-erased.ts';

/**
 * Stores records of one partition. Resolves once each record is stored, was stored before, or is a dead letter, and the store has
 * settled the offsets of the span: only then may the records be committed. A record that can't be read or stored does not block the
 * others. While the store or the queue is unreachable it retries. If it is cancelled meanwhile it rejects, and nothing may be committed. A
 * pending attempt may then continue until the grace period is over, and is abandoned afterwards. Rejects also if the store has settled
 * less than the begin of the span: it was replaced by an older copy, so records before these are missing in it.
 */
export type StoreActivities = (
  records: readonly LogRecord[],
  signal: Cancellation,
  span: OffsetSpan,
) => Promise<StoreTally>;

export interface StoreActivitiesDeps extends StoreRecordsDeps, PersistDeps, UnlessErasedDeps {
  readonly ledger: UnlessErasedDeps['ledger'];
  readonly settledOffsets: Pick<SettledOffsets, 'settle'>;
  /** Whether the log is the first of its topic. */
  readonly isFirstLog: boolean;
}

export const makeStoreActivities = (deps: StoreActivitiesDeps): StoreActivities => {
  const { settledOffsets, log, isFirstLog: isFirst, observer } = deps;
  /** The number of failed attempts, for all partitions. Each failure may be an outage in which an older copy replaced the store. */
  let failedAttempts = 0;
  /** The value of `failedAttempts` when the store was last known to continue a partition, by partition. */
  const checks = new Map<number, number>();
  const countingObserver: OutageObserver = {
    failed(error, failures) {
      failedAttempts += 1;
      observer.failed(error, failures);
    },
    recovered: (failures) => observer.recovered(failures),
  };
  return async function storeActivities(records, signal, { partition, from, to }) {
    const settleTo = (end: number): Promise<boolean> =>
      settledOffsets.settle({ log, partition, from, to: end });
    const located = records.map((record) => locatedRecord(record, { log, isFirst }));
    const firstOutcomes = new Map<LogRecord, SaveOutcome>();
    const older = new DomainError(
      'STORE_UNAVAILABLE',
      `The store has settled partition ${partition} to below offset ${from}: an older copy has replaced it.`,
    );
    const result = await persist({ ...deps, observer: countingObserver }, signal, async () => {
      const checkedAt = failedAttempts;
      // Without this check, a store that misses earlier records could get these first.
      if ((checks.get(partition) ?? 0) !== checkedAt && !(await settleTo(from))) return older;
      checks.set(partition, checkedAt);
      const stored = await unlessErased(deps, located, (others) => storeRecords(deps, others, firstOutcomes));
      return stored instanceof Error || (await settleTo(to)) ? stored : older;
    });
    if (!(result instanceof Error)) return result;
    checks.delete(partition);
    throw result;
  };
};
