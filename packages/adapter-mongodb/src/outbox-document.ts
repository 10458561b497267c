/** An audit event in the collection `outbox`. */
export interface OutboxDocument {
  /** The id of the activity. */
  readonly _id: string;
  /** The JSON of the activity, because MongoDB gives some names of members a meaning. */
  readonly activity: string;
  readonly receivedAt: Date;
  /** Absent once the entry is ready. */
  readonly dueAt?: Date;
}

/** For the ready entries in their order, and for the pending ones by their due time. Both have few documents. */
export const outboxIndexes = [
  { key: { receivedAt: 1, _id: 1 } },
  { key: { dueAt: 1 }, partialFilterExpression: { dueAt: { $exists: true } } },
] as const;
