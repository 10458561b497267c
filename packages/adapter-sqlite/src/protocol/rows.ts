import type { RowFunctions } from './branches.ts';

/** Text, bytes or none. Bytes must not be a view of a larger buffer, because the whole buffer would be copied to the thread. */
export type Bytes = string | Uint8Array | null;

/** A record to append. `headers` is a JSON object with lists of base64 values, or null if the record has no headers. */
export type LogRow = readonly [key: Bytes, value: Bytes, headers: string | null];

/** A stored record of the log. */
export type LogEntry = readonly [offset: number, ...LogRow];

/**
 * An activity. `key` is an `ActivityKeyText`, `metadata` is JSON, and the times are in milliseconds since 1970. `log`, `partition` and
 * `offset` are its origin. They are null if it has none.
 */
export type ActivityRow = readonly [
  key: string,
  userId: string,
  type: string,
  metadata: string,
  createdAt: number,
  receivedAt: number,
  project: string,
  log: string | null,
  partition: number | null,
  offset: number | null,
];

const ownColumns = 'id, user_id, type, metadata, created_at, received_at, project';

/** The columns of the table for an `ActivityRow`, in the same order. `log_key` is the key of the log in the table `logs`. */
export const insertedColumns = `${ownColumns}, log_key, partition, offset`;

/** The columns of an `ActivityRow` in a query, in the same order. */
export const activityColumns = `${ownColumns}, (SELECT logs.id FROM logs WHERE logs.key = log_key), partition, offset`;

/** Activities are sorted by `createdAt` and key. Only the length of the metadata counts as size, because the other columns are small. */
export const activityFunctions: RowFunctions<ActivityRow> = {
  positionOf: (row) => [row[4], row[0]],
  bytesOf: (row) => row[3].length,
};

/** The origin of a dead letter. `topic` is a `QualifiedTopic`. */
export type OriginRow = readonly [topic: string, partition: number, offset: number];

/** A dead letter. `headers` is a JSON object with lists of base64 values. */
export type LetterRow = readonly [
  ...origin: OriginRow,
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: string,
  code: string,
  reason: string,
  diedAt: number,
  activityId: string | null,
  project: string,
];

/** The columns of a `LetterRow`, in the same order. */
export const letterColumns =
  'topic, partition, offset, key, value, headers, code, reason, died_at, activity_id, project';

/** A dead letter on a page. Parts that are too large are null. The sizes are the bytes of the stored parts. */
export type ListedRow = readonly [
  id: string,
  diedAt: number,
  code: string,
  reason: string,
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: string | null,
  keySize: number,
  valueSize: number,
  headersSize: number,
  activityId: string | null,
  project: string,
];

/** A topic to register, and the id of its log. `topicId` is null if the log gives no ids to topics. */
export type TopicRow = readonly [name: string, topicId: string | null, partitions: number, log: string];
