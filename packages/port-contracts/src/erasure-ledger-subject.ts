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
import { start } from './samples.ts';

/** The erasures of a store. */
export interface ErasureLedgerSubject extends StoreSubject<ErasureLedger> {
  /** The activities and the dead letters of the same store. */
  repository(): Promise<ActivityRepository>;
  queue(): Promise<DeadLetterQueue>;
  letters(): Promise<DeadLetterRepository>;
}

export const ledgerCases = casesWith(
  async (subject: ErasureLedgerSubject) =>
    [await subject.open(), await subject.repository(), subject] as const,
);

export const erasureLog = LogId.parse('erasure-log');

interface Fields {
  readonly id?: string;
  readonly project?: ProjectId;
  readonly userId?: string;
  readonly mode?: ErasureMode;
  readonly offset?: number;
  readonly partition?: number;
  /** In seconds after `start`. */
  readonly second?: number;
}

/** Makes an erasure. Default: of `user-1`, at offset 100 of partition 0, requested at `start`. */
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
  requestedAt: Timestamp.fromMillis(start + second * 1000),
  place: { log: erasureLog, partition, offset },
  topic: 'user-activity',
});

/** Makes a digest. The stores do not look into it. */
export const digestOf = (userId: string): UserDigest => UserDigest.trusted(`digest of ${userId}`);
