export { type Authentication, KeyTable } from './access/key-table.ts';
export { type FindUsage, usageFinder, type RateState, type Usage } from './access/usage.ts';
export type { RateName } from './access/bucket-table.ts';
export type { KeyDraft, SecretKey } from './access/manage-keys.ts';
export { combinedQueue } from './dead-letters/combined-queue.ts';
export { type DeadLetterRetention, withinQuota } from './dead-letters/sweep-dead-letters.ts';
export { makeRelayAuditEvents } from './audit/relay-audit-events.ts';
export { FeedWatch } from './following/feed-watch.ts';
export { FollowedLog } from './following/followed-log.ts';
export type { FeedReadOptions } from './following/read-feed.ts';
export {
  type Pingable,
  type CheckHealth,
  type Health,
  type HealthDeps,
  type HealthStatus,
  type ProgressSource,
} from './health/check-health.ts';
export {
  HealthHistory,
  type HealthPoint,
  type HealthReading,
  type ReadHistory,
} from './health/health-history.ts';
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
} from './logging/log-activities.ts';
export { InputFault } from './logging/input-fault.ts';
export type { KnownOutcome } from './logging/log-activity.ts';
export { type Call, type CallPortions, type MendedDraft, maxOriginalBytes } from './logging/log-calls.ts';
export { OutcomeWaiter } from './logging/outcome-waiter.ts';
export type { ExportedPages, ExportReadOptions } from './querying/export-activities.ts';
export { type EffectiveProject, ProjectTable } from './projects/project-table.ts';
export type { ProjectSweep } from './projects/sweep-projects.ts';
export type { Anonymiser } from './storing/anonymised-record.ts';
export type { DigestUser } from './users/user-erasures.ts';
export { makeRegisterLog } from './storing/register-log.ts';
export type { ResumeObserver } from './storing/resume-storing.ts';
export type { ActivitySample } from './moving/confirm-move.ts';
export { type EarlierMove, type MovedData, type MoveProgress, MoveRefused } from './moving/move-data.ts';
export type { Pause } from './storing/persist.ts';
export type { StoreTally } from './storing/store-records.ts';
export {
  type ApiUseCases,
  makeApiUseCases,
  makeMovingUseCases,
  makeStoringUseCases,
  type StoringUseCases,
} from './use-cases.ts';
