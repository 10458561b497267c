/** An audit event in the outbox. `activity` is the JSON of the activity. `receivedAt` is in milliseconds since 1970. */
export interface OutboxRow {
  readonly id: string;
  readonly activity: string;
  readonly receivedAt: number;
}
