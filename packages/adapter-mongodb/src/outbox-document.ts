/** An audit event in the collection `outbox`. */
export interface OutboxDocument {
  /** The id of the activity. */
  readonly _id: string;
  /** The activity as JSON, because some names of members have a meaning for MongoDB. */
  readonly activity: string;
  readonly receivedAt: Date;
  /** Absent once the entry is ready. */
  readonly dueAt?: Date;
}

/** The first index is for the ready entries in order, the second for the pending entries by their due time. */
export const outboxIndexes = [
  { key: { receivedAt: 1, _id: 1 } },
  { key: { dueAt: 1 }, partialFilterExpression: { dueAt: { $exists: true } } },
] as const;
