import type {
  ActivityRepository,
  DeadLetterQueue,
  DeadLetterRepository,
  ErasureLedger,
  EventPublisher,
  KeyRepository,
  Outbox,
  ProjectRepository,
  RecordingDeps,
  SecretGenerator,
} from '@user-activity/domain';
import { type KeyTable, makeRefreshKeys } from './access/key-table.ts';
import { makeCreateKey, makeFindKeys, makeRevokeKey, makeRotateKey } from './access/manage-keys.ts';
import { makeAudit } from './audit/audit.ts';
import { type LoggedReadsDeps, makeLoggedReads } from './audit/logged-reads.ts';
import { ReadLog } from './audit/read-log.ts';
import { makeRelayAuditEvents } from './audit/relay-audit-events.ts';
import { makeFindDeadLetters } from './dead-letters/find-dead-letters.ts';
import { makeReplayDeadLetters } from './dead-letters/replay-dead-letters.ts';
import { type DeadLetterRetention, makeSweepDeadLetters } from './dead-letters/sweep-dead-letters.ts';
import { makeReadFeed, type ReadFeedDeps } from './following/read-feed.ts';
import { type HealthDeps, makeCheckHealth } from './health/check-health.ts';
import { makeLogActivities } from './logging/log-activities.ts';
import { makeLogActivity, makeLogAndWait } from './logging/log-activity.ts';
import { makeLogCalls } from './logging/log-calls.ts';
import type { OutcomeWaiter } from './logging/outcome-waiter.ts';
import { makeEraseProject, makeFindProjects, makeChangeSettings } from './projects/change-projects.ts';
import { makeMeasureStorage } from './projects/measure-storage.ts';
import { makeRefreshProjects, type ProjectTable } from './projects/project-table.ts';
import { StorageUsage } from './projects/storage-usage.ts';
import { makeSweepProjects } from './projects/sweep-projects.ts';
import { withinStorageLimits } from './projects/within-storage-limits.ts';
import { type ConfirmMoveDeps, makeConfirmMove } from './moving/confirm-move.ts';
import { makeMoveData, type MoveDataDeps } from './moving/move-data.ts';
import { makeActivityStats } from './querying/activity-stats.ts';
import { makeCountActivities } from './querying/count-activities.ts';
import { makeExportActivities } from './querying/export-activities.ts';
import { makeFindActivities, makeFindActivity } from './querying/find-activities.ts';
import { makeFindStatus } from './querying/find-status.ts';
import { makeBeginStoring, makeResumePartition, type ResumeDeps } from './storing/resume-storing.ts';
import { makeStoreActivities, type StoreActivitiesDeps } from './storing/store-activities.ts';
import { makeEraseUser, makeFindErasure } from './users/erase-user.ts';
import type { EraseUserDeps } from './users/erase-user.ts';
import type { UserErasureSweepDeps } from './users/user-erasure-sweep.ts';
import { WatchedOffsets } from './storing/watched-offsets.ts';
import { withoutErasedLetters } from './storing/without-erased-letters.ts';

/** The ports and limits that the use cases of the API need. */
export interface ApiPorts
  extends Omit<RecordingDeps, 'rules'>,
    ReadFeedDeps,
    Pick<EraseUserDeps, 'digestUser' | 'canAnonymise'>,
    Pick<UserErasureSweepDeps, 'anonymiser' | 'settleMs'> {
  readonly rules: Omit<RecordingDeps['rules'], 'retentionOf'>;
  readonly publisher: EventPublisher;
  readonly repository: ActivityRepository;
  readonly deadLetters: DeadLetterRepository;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly outcomeWaiter: Pick<OutcomeWaiter, 'outcomeOf'>;
  readonly health: HealthDeps;
  readonly retention: DeadLetterRetention;
  readonly ledger: ErasureLedger;
  readonly projects: ProjectRepository;
  readonly projectTable: ProjectTable;
  readonly keys: KeyRepository;
  readonly keyTable: KeyTable;
  readonly secrets: SecretGenerator;
  readonly outbox: Outbox;
  /** Whether the service logs who reads what, in addition to who changes what. */
  readonly logReads: boolean;
  /** Called for each read that is dropped instead of logged, because too many reads are waiting for the log. */
  readonly onReadDropped: () => void;
  readonly digest: LoggedReadsDeps['digest'];
  /** Pauses after each portion of a sweep or measurement of projects. `tookMs` is the time that the portion took. */
  readonly pauseSweep: (tookMs: number) => Promise<void>;
  /** The time that the store may take for one portion of a sweep of projects, in milliseconds. */
  readonly maxSweepPortionMs: number;
  /** A clock in milliseconds that never jumps, for time limits. */
  readonly now: () => number;
  /** The time limit for stats over time, in milliseconds. */
  readonly maxStatsMs: number;
  /** The time that the log and the store may take for one portion of a replay, in milliseconds. */
  readonly maxReplayPortionMs: number;
}

/** Makes every use case of the API. Its keys are the names by which the use cases are measured. */
export const makeApiUseCases = (apiPorts: ApiPorts) => {
  const { projectTable } = apiPorts;
  const storageUsage = new StorageUsage((project) => projectTable.limitsOf(project).storedBytes);
  const readFeed = makeReadFeed(apiPorts);
  const { logReads, maxReplayPortionMs, onReadDropped: onDropped } = apiPorts;
  // Longer than any change takes: the longest, a replay, takes at most 20 s and one portion.
  const maxChangeMs = 5 * 60_000 + maxReplayPortionMs;
  const readLog = new ReadLog({ ...apiPorts, onDropped });
  const ports = {
    ...apiPorts,
    audit: makeAudit({ ...apiPorts, maxChangeMs }),
    storageUsage,
    publisher: withinStorageLimits(apiPorts.publisher, storageUsage),
    rules: { ...apiPorts.rules, retentionOf: projectTable.retentionOf },
    deadLetterQueue: withoutErasedLetters(apiPorts.deadLetterQueue, apiPorts),
  };
  return {
    logActivity: makeLogActivity(ports),
    logAndWait: makeLogAndWait(ports),
    logActivities: makeLogActivities(ports),
    logCalls: makeLogCalls(ports),
    ...makeLoggedReads(
      { digest: ports.digest, readLog: logReads ? readLog : undefined },
      {
        findActivity: makeFindActivity(ports),
        findActivities: makeFindActivities(ports),
        countActivities: makeCountActivities(ports),
        activityStats: makeActivityStats({ ...ports, maxMs: ports.maxStatsMs }),
        exportActivities: makeExportActivities(ports),
        findDeadLetters: makeFindDeadLetters(ports),
        readFeed,
        followFeed: readFeed,
      },
    ),
    continueFeed: readFeed,
    findStatus: makeFindStatus(ports),
    replayDeadLetters: makeReplayDeadLetters({ ...ports, maxPortionMs: maxReplayPortionMs }),
    // Takes the publisher without storage limits: no limit may suppress audit events.
    relayAuditEvents: makeRelayAuditEvents(apiPorts),
    flushReadLog: () => readLog.flush(),
    sweepDeadLetters: makeSweepDeadLetters(ports),
    findProjects: makeFindProjects(ports),
    changeSettings: makeChangeSettings(ports),
    eraseProject: makeEraseProject(ports),
    eraseUser: makeEraseUser(ports),
    findErasure: makeFindErasure(ports),
    createKey: makeCreateKey(ports),
    findKeys: makeFindKeys(ports),
    revokeKey: makeRevokeKey(ports),
    rotateKey: makeRotateKey(ports),
    refreshKeys: makeRefreshKeys(ports),
    refreshProjects: makeRefreshProjects(ports),
    sweepProjects: makeSweepProjects(ports),
    measureStorage: makeMeasureStorage(ports),
    checkHealth: makeCheckHealth(ports.health),
  };
};

/**
 * The use cases of the API, by name. This is an interface and not a type alias, so that declaration files of other packages refer to it by
 * name and do not repeat the type of each use case.
 */
export interface ApiUseCases extends ReturnType<typeof makeApiUseCases> {}

/** The ports that the use cases of the storing side need. */
export interface StoringPorts extends Omit<StoreActivitiesDeps, keyof ResumeDeps>, ResumeDeps {
  readonly health: HealthDeps;
}

/** Makes every use case of the storing side. Its keys are the names by which the use cases are measured. */
export const makeStoringUseCases = (storingPorts: StoringPorts) => {
  const settledOffsets = new WatchedOffsets(storingPorts.settledOffsets, storingPorts.log);
  const ports = { ...storingPorts, settledOffsets };
  return {
    beginStoring: makeBeginStoring(ports),
    resumePartition: makeResumePartition(ports),
    noticeRestoredStore: settledOffsets.noticeRestoredStore,
    storeActivities: makeStoreActivities(ports),
    checkHealth: makeCheckHealth(ports.health),
  };
};

/** The use cases of the storing side, by name. */
export interface StoringUseCases extends ReturnType<typeof makeStoringUseCases> {}

/** The ports that the use cases of a move to another deployment need. */
export interface MovingPorts extends MoveDataDeps, ConfirmMoveDeps {
  readonly source: MoveDataDeps['source'];
  readonly target: MoveDataDeps['target'] & ConfirmMoveDeps['target'];
}

/** Makes every use case of a move to another deployment. */
export const makeMovingUseCases = (ports: MovingPorts) => ({
  moveData: makeMoveData(ports),
  confirmMove: makeConfirmMove(ports),
});
