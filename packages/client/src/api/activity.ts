/** Further details of an activity: a JSON object. */
export type Metadata = Readonly<Record<string, unknown>>;

/** An activity to log: who did what, and when. */
export interface NewActivity {
  /**
   * The idempotency key: each id is stored once. Default: a new UUIDv7, made by the client, so that a retry logs nothing twice.
   */
  readonly id?: string | null | undefined;
  /** The person or system that acted. */
  readonly userId: string;
  /** What happened, such as `LOGIN`. */
  readonly type: string;
  readonly metadata?: Metadata | null | undefined;
  /**
   * When it happened: RFC 3339, or a Date. Default: now, by the clock of this machine. Null: when the service gets it. The service rejects
   * a time more than 5 minutes ahead, so pass null if you do not trust the clock, as in a page.
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
  /** Present if the activity came with a public key, so that anyone may have sent it. */
  readonly source?: 'public';
}

/** Selects activities. An activity must match every part. It matches a list if it has any of its values. */
export interface ActivityFilter {
  readonly userId?: string | readonly string[] | undefined;
  readonly type?: string | readonly string[] | undefined;
  /** The first moment of createdAt: RFC 3339, a date, `now`, a time ago such as `-24h`, or a Date. */
  readonly from?: string | Date | undefined;
  /** The end, which does not belong to the time: an activity of this moment does not match. */
  readonly to?: string | Date | undefined;
  /** Values by path, such as `{ 'device.os': 'ios' }`. A backslash escapes a dot in a key. A value matches by its text. */
  readonly metadata?: Readonly<Record<string, MetadataValue | readonly MetadataValue[]>> | undefined;
}

/** A value that a metadata filter can match. */
export type MetadataValue = string | number | boolean | null;

/** Selects activities, in an order. */
export interface ActivityQuery extends ActivityFilter {
  /** `desc`: the newest first, which is the default. */
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
