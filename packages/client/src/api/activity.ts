/** Further details of an activity: a JSON object. */
export type Metadata = Readonly<Record<string, unknown>>;

/** An activity to log: who did what, and when. */
export interface NewActivity {
  /** The idempotency key: the service stores each id once. Default: a UUIDv7 that the client makes, so that a retry logs nothing twice. */
  readonly id?: string | null | undefined;
  /** The person or system that acted. */
  readonly userId: string;
  /** What happened, such as `LOGIN`. */
  readonly type: string;
  readonly metadata?: Metadata | null | undefined;
  /**
   * When it happened: RFC 3339, or a Date. Default: now, by the clock of this machine. Null: the time at which the service receives it.
   * The service rejects a time more than 5 minutes in the future, so pass null if the clock may be wrong, as in a browser.
   */
  readonly createdAt?: string | Date | null | undefined;
}

/** An activity that is stored. */
export interface Activity {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: Metadata;
  /** When it happened (RFC 3339). */
  readonly createdAt: string;
  /** When the service accepted it (RFC 3339). */
  readonly receivedAt: string;
  /** Present if the activity was sent with a public key. Web pages contain such keys, so anyone may have sent it. */
  readonly source?: 'public';
}

/** Selects the activities that match every member. If a member is a list, one of its values must match. */
export interface ActivityFilter {
  readonly userId?: string | readonly string[] | undefined;
  readonly type?: string | readonly string[] | undefined;
  /** The earliest `createdAt`, inclusive: RFC 3339, a date, `now`, a relative time such as `-24h`, or a Date. */
  readonly from?: string | Date | undefined;
  /** The end of the time range, exclusive: an activity with this `createdAt` does not match. Same formats as `from`. */
  readonly to?: string | Date | undefined;
  /**
   * Maps paths to values, such as `{ 'device.os': 'ios' }`. A backslash escapes a dot in a key. Values are compared as text: `1` also
   * matches `'1'`.
   */
  readonly metadata?: Readonly<Record<string, MetadataValue | readonly MetadataValue[]>> | undefined;
}

/** A value that a metadata filter can match. */
export type MetadataValue = string | number | boolean | null;

/** Which activities to read, in which order, and how many per page. */
export interface ActivityQuery extends ActivityFilter {
  /** `desc`: newest first. `asc`: oldest first. Default: `desc`. */
  readonly order?: 'asc' | 'desc' | undefined;
  /** The maximum number of activities of a page: 1 to 500. Default: 50. */
  readonly limit?: number | undefined;
}

/** A page of a list. `nextCursor` is null on the last page. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly pagination: {
    readonly limit: number;
    readonly nextCursor: string | null;
    readonly hasMore: boolean;
  };
}
