import {
  type ActivityRepository,
  type DeadLetterQueue,
  type DeadLetterRepository,
  ErasureId,
  type ErasureLedger,
  type ErasureMode,
  LogId,
  type OpenErasure,
  ProjectId,
  Timestamp,
  UserDigest,
  UserId,
} from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';
import { sampleTime } from './samples.ts';

/** A store with an erasure ledger. */
export interface ErasureLedgerSubject extends StoreSubject<ErasureLedger> {
  /** Opens the activities of the same store. */
  repository(): Promise<ActivityRepository>;
  /** Opens the queue that adds dead letters to the same store. */
  queue(): Promise<DeadLetterQueue>;
  /** Opens the dead letters of the same store. */
  letters(): Promise<DeadLetterRepository>;
}

/** Makes cases of `ErasureLedger`. Each gets an open ledger, the activities of the same store, and its subject. */
export const ledgerCases = casesWith(
  async (subject: ErasureLedgerSubject) =>
    [await subject.open(), await subject.repository(), subject] as const,
);

/** The log of the erasures in these cases. */
export const erasureLog = LogId.parse('erasure-log');

interface Fields {
  readonly id?: string;
  readonly project?: ProjectId;
  readonly userId?: string;
  readonly mode?: ErasureMode;
  readonly offset?: number;
  readonly partition?: number;
  /** The time of the request, in seconds after `sampleTime`. */
  readonly second?: number;
}

/** Makes an erasure. By default, its user is `user-1`, and its request is at offset 100 of partition 0 and was made at `sampleTime`. */
export const erasureOf = ({
  id = 'erasure-1',
  project = ProjectId.default,
  userId = 'user-1',
  mode = 'erase',
  offset = 100,
  partition = 0,
  second = 0,
}: Fields = {}): OpenErasure => ({
  id: ErasureId.parse(id),
  project,
  userId: UserId.parse(userId),
  user: digestOf(userId),
  mode,
  requestedAt: Timestamp.fromMillis(sampleTime + second * 1000),
  place: { log: erasureLog, partition, offset },
  topic: 'user-activity',
});

/** Makes a digest of a user. Stores only compare digests, so it need not be a real one. */
export const digestOf = (userId: string): UserDigest => UserDigest.trusted(`digest of ${userId}`);
