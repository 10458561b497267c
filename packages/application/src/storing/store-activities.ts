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
 * Stores records of one partition, which have the offsets of `span`. Resolves once each record is stored, erased or a dead letter, and the
 * settled offset in the store is the end of the span. Only then may the offsets be committed to the log. A record that can't be read or stored
 * does not block the others. Retries while the store or the dead letter queue is unavailable. If the signal is aborted, lets the
 * pending attempt continue until the grace period is over, and rejects unless it succeeds.
 * Also rejects if the settled offset is below the span: then an older copy has replaced the store, and it lacks earlier records.
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
  /** The number of failed attempts in all partitions. After each, the store may have been replaced by an older copy. */
  let failedAttempts = 0;
  /** For each partition, the value of `failedAttempts` at the last check of its settled offset. */
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
      `The store lacks records of partition ${partition} before offset ${from}: an older copy has replaced the store.`,
    );
    const result = await persist({ ...deps, observer: countingObserver }, signal, async () => {
      const checkedAt = failedAttempts;
      // Without this check, a store that lacks earlier records could get these records before the missing ones.
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
