export {
  type Answering,
  type CheckHealth,
  type Health,
  type HealthStatus,
  makeCheckHealth,
} from './check-health.ts';
export { inEachQueue } from './in-each-queue.ts';
export {
  type FindActivities,
  type FindActivity,
  makeFindActivities,
  makeFindActivity,
} from './find-activities.ts';
export { type FindDeadLetters, makeFindDeadLetters } from './find-dead-letters.ts';
export {
  type BatchReceipt,
  type LogActivities,
  makeLogActivities,
  type RejectedDraft,
} from './log-activities.ts';
export { type LogActivity, makeLogActivity } from './log-activity.ts';
export {
  makeReplayDeadLetters,
  type ReplayDeadLetters,
  type ReplayReceipt,
} from './replay-dead-letters.ts';
export {
  type Grace,
  makeStoreActivities,
  type OutageObserver,
  type Pause,
  type StoreActivities,
  type StoreActivitiesDeps,
  type StoreTally,
} from './store-activities.ts';
