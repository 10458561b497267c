export { type FindDeadLetters, makeFindDeadLetters } from './dead-letters/find-dead-letters.ts';
export { inEachQueue } from './dead-letters/in-each-queue.ts';
export { makeReplayDeadLetters, type ReplayDeadLetters } from './dead-letters/replay-dead-letters.ts';
export {
  type DeadLetterRetention,
  makeSweepDeadLetters,
  maxEdgeBytes,
  type SweepDeadLetters,
  withinQuota,
} from './dead-letters/sweep-dead-letters.ts';
export {
  type Answering,
  type CheckHealth,
  type Health,
  type HealthDeps,
  type HealthStatus,
  makeCheckHealth,
  type Progressing,
} from './health/check-health.ts';
export {
  type ProgressLimits,
  type ProgressObserver,
  type ProgressState,
  ProgressWatchdog,
} from './health/progress-watchdog.ts';
export {
  type BatchOptions,
  type BatchReceipt,
  type DraftPortions,
  FaultyDraft,
  type LogActivities,
  makeLogActivities,
} from './logging/log-activities.ts';
export { InputFault } from './logging/input-fault.ts';
export {
  type KnownOutcome,
  type LogActivity,
  type LogAndWait,
  makeLogActivity,
  makeLogAndWait,
} from './logging/log-activity.ts';
export {
  type Call,
  type CallPortions,
  type LogCalls,
  makeLogCalls,
  type MendedDraft,
  originalsBytes,
} from './logging/log-calls.ts';
export { OutcomeWaiter } from './logging/outcome-waiter.ts';
export { type ActivityStats, makeActivityStats } from './querying/activity-stats.ts';
export { type CountActivities, makeCountActivities } from './querying/count-activities.ts';
export {
  type FindActivities,
  type FindActivity,
  makeFindActivities,
  makeFindActivity,
} from './querying/find-activities.ts';
export { type FindStatus, makeFindStatus } from './querying/find-status.ts';
export { makeAssertSamePartitions, PartitionsChanged } from './storing/assert-same-partitions.ts';
export {
  makeStoreActivities,
  type Pause,
  type StoreActivities,
  type StoreActivitiesDeps,
  type StoreTally,
} from './storing/store-activities.ts';
export {
  type ApiUseCases,
  makeApiUseCases,
  makeStoringUseCases,
  type StoringUseCases,
} from './use-cases.ts';
