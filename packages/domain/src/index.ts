export {
  AccessKey,
  type KeySecret,
  type KeyState,
  maxAccessKeys,
  maxProjectKeys,
  maxSecrets,
  type StoredKey,
} from './access/access-key.ts';
export { Actor } from './access/actor.ts';
export { KeyId } from './access/key-id.ts';
export { KeyName } from './access/key-name.ts';
export { KeyProject } from './access/key-project.ts';
export { Principal } from './access/principal.ts';
export { Scope } from './access/scope.ts';
export { TokenBucket } from './access/token-bucket.ts';
export { type RateLimits, UsageLimits } from './access/usage-limits.ts';
export { WebOrigin } from './access/web-origin.ts';
export { ActivityId } from './activity/activity-id.ts';
export { type ActivityKey, ActivityKeyText } from './activity/activity-key.ts';
export { ActivityType } from './activity/activity-type.ts';
export type { Comparison } from './activity/comparison.ts';
export { Metadata } from './activity/metadata.ts';
export { MetadataText } from './activity/metadata-text.ts';
export {
  type ActivityOutcome,
  type ActivityStatus,
  emptyTally,
  type RecordOutcome,
  recordOutcomes,
} from './activity/outcome.ts';
export { ProjectId } from './activity/project-id.ts';
export { PublicId } from './activity/public-id.ts';
export {
  defaultMetadataBytes,
  defaultRecordingRules,
  maxMetadataBytes,
  type RecordingRules,
} from './activity/recording-rules.ts';
export type { Sender } from './activity/sender.ts';
export { StoredActivity } from './activity/stored-activity.ts';
export { Timestamp } from './activity/timestamp.ts';
export {
  type ActivityJson,
  type ActivityState,
  type RecordingDeps,
  UserActivity,
} from './activity/user-activity.ts';
export { UserId } from './activity/user-id.ts';
export { AuditEvent, type AuditType } from './audit/audit-event.ts';
export { ErasureId } from './erasure/erasure-id.ts';
export {
  compareErasures,
  decidingErasure,
  isCovered,
  isLetterCovered,
  type Placed,
  type PlacedErasure,
  projectsOfUser,
} from './erasure/placed-erasure.ts';
export { UserDigest } from './erasure/user-digest.ts';
export {
  ErasureMode,
  type ErasureRequested,
  erasureRequested,
  UserErasure,
} from './erasure/user-erasure.ts';
export { FeedPosition } from './feed/feed-position.ts';
export { type FeedPage, FeedQuery } from './feed/feed-query.ts';
export { type FeedPortion, type FeedPortionQuery, maxExamined, walkFeed } from './feed/feed-walk.ts';
export { type ActivityLogged, activityLogged } from './log/activity-logged.ts';
export {
  type DeadLetter,
  DeadLetterCode,
  type LatestLetter,
  edgeTopic,
  withoutBytes,
} from './log/dead-letter.ts';
export { DeadLetterId } from './log/dead-letter-id.ts';
export {
  beginningOf,
  headersOfEdge,
  isOfEdge,
  maxEdgeValueBytes,
  wholeValueOf,
} from './log/edge-letter.ts';
export {
  countedBytes,
  dueLetters,
  letterOverheadBytes,
  type LetterSweep,
  type SweepLimits,
  type SweptLetter,
} from './log/letter-sweep.ts';
export { locatedRecord } from './log/located-record.ts';
export { headersOfEvent } from './log/event-headers.ts';
export { eventTypes, type LogEvent, textOfEvent, userOf } from './log/log-event.ts';
export { LogId } from './log/log-id.ts';
export { isSamePartition, type LogPosition, replacesOrigin } from './log/log-position.ts';
export type {
  LogRecord,
  Origin,
  OriginalRecord,
  RawRecord,
  RecordContent,
  Unreadable,
} from './log/log-record.ts';
export { partitionOf } from './log/partition.ts';
export { QualifiedTopic } from './log/qualified-topic.ts';
export { erasureContent, eventContent, recordContent, unreadable } from './log/record-content.ts';
export { isUpgrade, LogMismatch, missingOffsets, type SettledHistory } from './log/resumption.ts';
export { firstCopyOf, replayed, replayHeader, replayOf } from './log/replay.ts';
export type { ActivityFeed } from './ports/activity-feed.ts';
export type { ActivityRepository, Refused, SaveOutcome } from './ports/activity-repository.ts';
export type { Clock } from './ports/clock.ts';
export type { DeadLetterQueue } from './ports/dead-letter-queue.ts';
export type { DeadLetterRepository } from './ports/dead-letter-repository.ts';
export type {
  EventConsumer,
  GroupObserver,
  OffsetSpan,
  OutageObserver,
  PartitionProgress,
  RecordHandler,
  ResumeAt,
} from './ports/event-consumer.ts';
export type {
  ErasedUserRecord,
  ErasureLedger,
  ErasureProgress,
  ErasureStatus,
  KeptUserErasure,
  OpenErasure,
  OpenPosition,
  RecordedErasure,
  UserRemoval,
} from './ports/erasure-ledger.ts';
export type { EventPublisher, PublishObserver, RepublishOutcome } from './ports/event-publisher.ts';
export type { IdGenerator } from './ports/id-generator.ts';
export type { KeyRepository } from './ports/key-repository.ts';
export { maxOutboxEntries, maxOutboxEntriesOfProjects, type Outbox } from './ports/outbox.ts';
export type { ProjectRepository } from './ports/project-repository.ts';
export type { NewSecret, SecretGenerator } from './ports/secret-generator.ts';
export type { SettledOffsets, SettledStep } from './ports/settled-offsets.ts';
export type { RegisteredTopic, TopicIdentity, TopicRegistry } from './ports/topic-registry.ts';
export {
  type ActivityMeasurement,
  activityOverheadBytes,
  type MeasuredPortion,
  storedBytesOf,
} from './project/measurement.ts';
export { isErased, isErasedAhead, maxErasedAt, nextErasedAt } from './project/erasure.ts';
export {
  type Erasure,
  type KeptErasure,
  type Project,
  type ProjectPage,
  type ProjectQuery,
} from './project/project.ts';
export {
  maxProjectSettings,
  ProjectSettings,
  type SettingsChange,
  type SettingsOfProject,
} from './project/project-settings.ts';
export type { ActivityRemoval, ErasedRecord, RemovedPortion } from './project/removal.ts';
export { RetentionDays } from './project/retention-days.ts';
export { ActivityFilter, type FilterParts, maxConditions, maxValues } from './query/activity-filter.ts';
export { ActivityPage, ActivityQuery, type Position } from './query/activity-query.ts';
export {
  DeadLetterFilter,
  DeadLetterPage,
  type DeadLetterPosition,
  DeadLetterQuery,
  listedBytes,
  type ListedLetter,
  type RecordPart,
} from './query/dead-letter-query.ts';
export { maxPageBytes } from './query/page-end.ts';
export { type JsonScalar, maxLevels, MetadataCondition } from './query/metadata-condition.ts';
export { assertValidQuery } from './query/invalid-query.ts';
export { defaultLimit, maxLimit, type Order } from './query/page-query.ts';
export { startOfDay } from './query/start-of-day.ts';
export {
  type KeyField,
  keyFields,
  maxKeys,
  maxSeries,
  maxTimeLines,
  type StatsLine,
  type StatsQuery,
} from './query/stats-query.ts';
export { TimeRange } from './query/time-range.ts';
export { type KeyCount, type SeriesSlotCount, type TimeLine, TimeLines } from './query/time-lines.ts';
export { type SlotCount, slotMs, type TimeSlots, type TimeUnit, timeUnits } from './query/time-slots.ts';
export { TimeZone } from './query/time-zone.ts';
export type { Cancellation } from './shared/cancellation.ts';
export { blockingClaimEnds, type Claim, isClaimBlocked } from './shared/claim.ts';
export {
  DomainError,
  type ErrorCode,
  type ErrorKind,
  isDomainError,
} from './shared/domain-error.ts';
export { ExplanationBudget } from './shared/explanation-budget.ts';
export { parseExactJson, parseLosslessJson, parseMendedJson } from './shared/exact-json.ts';
export type { JsonObject, JsonValue } from './shared/json.ts';
export { isLoopback } from './shared/loopback.ts';
export { parseJson } from './shared/parse-json.ts';
export { type EventLoop, Turn, Turns } from './shared/turns.ts';
export { byCodePoints, wellFormedText } from './shared/text.ts';
export { UnfitNumber, unfitNumber } from './shared/unfit-number.ts';
export {
  cutReason,
  pointer,
  reasonOf,
  RuleBroken,
  unlessBroken,
  type Violation,
  Violations,
} from './shared/violation.ts';
