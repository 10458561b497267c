import type { RowKind } from './branches.ts';

/** Text or bytes. Bytes must not be a view into a larger buffer: all of that would be copied to the thread. */
export type Bytes = string | Uint8Array | null;

/** A record to append. Its headers are JSON, lists of base64 by name, or null if it has none. */
export type LogRow = readonly [key: Bytes, value: Bytes, headers: string | null];

/** A record of the log. */
export type LogEntry = readonly [offset: number, ...LogRow];

/** An activity. Its metadata is JSON, its times are milliseconds since 1970. */
export type ActivityRow = readonly [
  id: string,
  userId: string,
  type: string,
  metadata: string,
  createdAt: number,
  receivedAt: number,
];

/** A dead letter. Its headers are JSON, lists of base64 by name. */
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

/** A dead letter on a page. Parts that are too large are null; the sizes in bytes are of the whole parts. */
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

/** Activities are ordered by createdAt and id, and measured by their metadata, which is most of their size. */
export const activityKind: RowKind<ActivityRow> = {
  placeOf: (row) => [row[4], row[0]],
  bytesOf: (row) => row[3].length,
};

/** The columns of an `ActivityRow`, in its order. */
export const activityColumns = 'id, user_id, type, metadata, created_at, received_at';
