import type { RowKind } from './branches.ts';

/** A text or bytes as SQLite holds them; bytes are never a view into a larger buffer, which would be copied whole. */
export type Bytes = string | Uint8Array | null;

/** What is appended to the log: key, value and headers, which are JSON, lists of base64 by name, or null where there are none. */
export type LogRow = readonly [key: Bytes, value: Bytes, headers: string | null];

/** What is read from the log. */
export type LogEntry = readonly [offset: number, ...LogRow];

/** An activity: metadata is JSON, the two times are milliseconds since 1970. */
export type ActivityRow = readonly [
  id: string,
  userId: string,
  type: string,
  metadata: string,
  createdAt: number,
  receivedAt: number,
];

/** A dead letter: headers are JSON, lists of base64 by name. */
export type LetterRow = readonly [
  topic: string,
  partition: number,
  offset: number,
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: string,
  code: string,
  reason: string,
  diedAt: number,
  activityId: string | null,
];

/** The columns of a `LetterRow`, in its order. */
export const letterColumns =
  'topic, partition, offset, key, value, headers, code, reason, died_at, activity_id';

/** A dead letter as a page shows it: parts that are too large are null, and the size of each is told. */
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
];

/** Activities by time and id; by their metadata, which takes the most. */
export const activityKind: RowKind<ActivityRow> = {
  placeOf: (row) => [row[4], row[0]],
  bytesOf: (row) => row[3].length,
};

/** The columns of an `ActivityRow`, in its order. */
export const activityColumns = 'id, user_id, type, metadata, created_at, received_at';
