export { type ActivityStats, makeActivityStats } from './activity-stats.ts';
export {
  type AssertSamePartitions,
  makeAssertSamePartitions,
  PartitionsChanged,
} from './assert-same-partitions.ts';
export {
  type Answering,
  type CheckHealth,
  type Health,
  type HealthDeps,
  type HealthStatus,
  makeCheckHealth,
  type Progressing,
} from './check-health.ts';
export { type CountActivities, makeCountActivities } from './count-activities.ts';
export { inEachQueue } from './in-each-queue.ts';
export {
  type FindActivities,
  type FindActivity,
  makeFindActivities,
  makeFindActivity,
} from './find-activities.ts';
export { type FindDeadLetters, makeFindDeadLetters } from './find-dead-letters.ts';
export { type ActivityStatus, type FindStatus, makeFindStatus } from './find-status.ts';
export { type KnownOutcome, type LogAndWait, makeLogAndWait } from './log-and-wait.ts';
export {
  type BatchOptions,
  type BatchReceipt,
  type DraftPortions,
  FaultyDraft,
  type LogActivities,
  makeLogActivities,
  type RejectedDraft,
} from './log-activities.ts';
export { type LogActivity, makeLogActivity } from './log-activity.ts';
export {
  type Call,
  type CallPortions,
  type CallsReceipt,
  type LogCalls,
  makeLogCalls,
  type MendedDraft,
  originalsBytes,
} from './log-calls.ts';
export {
  type ProgressLimits,
  type ProgressObserver,
  type ProgressRemedy,
  type ProgressState,
  ProgressWatchdog,
} from './progress-watchdog.ts';
export {
  makeReplayDeadLetters,
  type ReplayDeadLetters,
  type ReplayReceipt,
} from './replay-dead-letters.ts';
export {
  type DeadLetterRetention,
  makeSweepDeadLetters,
  maxEdgeBytes,
  type SweepDeadLetters,
  withinQuota,
} from './sweep-dead-letters.ts';
export { type Outcome, type Sleep, WaitingRoom, type WaitingRoomDeps } from './waiting-room.ts';
export {
  type Grace,
  makeStoreActivities,
  type OutageObserver,
  type Pause,
  type StoreActivities,
  type StoreActivitiesDeps,
  type StoreTally,
} from './store-activities.ts';
export {
  type ApiPorts,
  type ApiUseCases,
  makeApiUseCases,
  makeStoringUseCases,
  type StoringPorts,
  type StoringUseCases,
} from './use-cases.ts';
