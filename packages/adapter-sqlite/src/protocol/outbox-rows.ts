/** An audit event in the outbox. `activity` is the JSON of the activity. `receivedAt` is in milliseconds since 1970. */
export interface OutboxRow {
  readonly id: string;
  readonly activity: string;
  readonly receivedAt: number;
}

/** A pending audit event. It is added if the outbox has fewer than `max` events. `dueAt` is in milliseconds since 1970. */
export interface NewOutboxRow extends OutboxRow {
  readonly dueAt: number;
  readonly max: number;
}
