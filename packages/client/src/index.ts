export { ActivityClient, type ClientOptions, type StatsOptions } from './activity-client.ts';
export type {
  Activity,
  ActivityFilter,
  ActivityQuery,
  Metadata,
  MetadataValue,
  NewActivity,
  Page,
} from './api/activity.ts';
export type {
  ActivityStatus,
  BatchReceipt,
  Erasure,
  ErasureReceipt,
  Outcome,
  RejectedItem,
  Stats,
  StatsLine,
  StatsUnit,
  Violation,
} from './api/answers.ts';
export type {
  Bytes,
  DeadLetter,
  DeadLetterCode,
  DeadLetterQuery,
  ReplayReceipt,
  ReplayRequest,
} from './api/dead-letter.ts';
export type { Key, KeyLimits, KeyWithSecret, NewKey, Scope } from './api/key.ts';
export type { CallOptions, ConnectionOptions } from './http/connection.ts';
export { ConnectionError, ProblemError } from './http/problem-error.ts';
export type { Keys } from './keys.ts';
export type { ExportOptions, ExportTextOptions } from './reading/export.ts';
export type { FeedOptions, FeedPage } from './reading/feed.ts';
export type { TailEvent, TailOptions } from './reading/tail.ts';
export { type ActivityQueue, QueueFullError } from './sending/activity-queue.ts';
export { type DurableOptions, NotStoredError } from './sending/log-durably.ts';
export type { QueueLimits } from './sending/memory-queue.ts';
export type { SentActivity } from './sending/activity-line.ts';
export type { CloseOptions } from './sending/outbox.ts';
export { NotLoggedError, type Rejected, type Rejection } from './sending/rejections.ts';
export type { SenderOptions } from './sending/sender.ts';
