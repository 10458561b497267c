/** A text or bytes as SQLite holds them; bytes are never a view into a larger buffer, which would be copied whole. */
export type Bytes = string | Uint8Array | null;

/** What is appended to the log: key and value. */
export type LogRow = readonly [key: Bytes, value: Bytes];

/** What is read from the log. */
export type LogEntry = readonly [offset: number, key: Bytes, value: Bytes];

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
];

/** The columns of an `ActivityRow`, in its order. */
export const activityColumns = 'id, user_id, type, metadata, created_at, received_at';
