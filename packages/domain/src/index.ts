export { ActivityId } from './activity/activity-id.ts';
export { ActivityType } from './activity/activity-type.ts';
export { Metadata } from './activity/metadata.ts';
export { Timestamp } from './activity/timestamp.ts';
export {
  type ActivityJson,
  type ActivityState,
  type Comparison,
  type RecordingDeps,
  UserActivity,
} from './activity/user-activity.ts';
export { UserId } from './activity/user-id.ts';
export { type ActivityLogged, activityLogged } from './log/activity-logged.ts';
export type { DeadLetter, DeadLetterCode } from './log/dead-letter.ts';
export type { LogRecord, Origin, RawRecord, RecordContent, Unreadable } from './log/log-record.ts';
export { partitionOf } from './log/partition.ts';
export { recordContent, unreadable } from './log/record-content.ts';
export type { ActivityRepository, Refused, SaveOutcome } from './ports/activity-repository.ts';
export type { Clock } from './ports/clock.ts';
export type { DeadLetterQueue } from './ports/dead-letter-queue.ts';
export type { EventConsumer, PartitionProgress, RecordHandler } from './ports/event-consumer.ts';
export type { EventPublisher } from './ports/event-publisher.ts';
export type { IdGenerator } from './ports/id-generator.ts';
export type { TopicRegistry } from './ports/topic-registry.ts';
export {
  type ActivityFilter,
  type ActivityPage,
  ActivityQuery,
  type Order,
  type Position,
  type QueryParameters,
} from './query/activity-query.ts';
export { TimeRange } from './query/time-range.ts';
export type { Cancellation } from './shared/cancellation.ts';
export {
  DomainError,
  type ErrorCode,
  type ErrorDetails,
  type ErrorKind,
  isDomainError,
} from './shared/domain-error.ts';
export type { JsonObject, JsonValue } from './shared/json.ts';
export { parseJson } from './shared/parse-json.ts';
export { RuleBroken, type Violation } from './shared/violation.ts';
