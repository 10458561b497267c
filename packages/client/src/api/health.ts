/** Whether the service can serve requests, and what it depends on. */
export interface Health {
  readonly status: 'ok' | 'unavailable';
  readonly checks: {
    readonly log?: 'ok' | 'unavailable';
    readonly store?: 'ok' | 'unavailable';
    /** Whether the consumer of the process makes progress. */
    readonly progress?: 'ok' | 'unavailable';
  };
}

/** What a process measured in the last hour. */
export interface HealthHistory {
  /** The earliest minute first. */
  readonly data: readonly HealthPoint[];
}

/** What a process measured in a minute. A member is absent if the process does not measure it. */
export interface HealthPoint {
  /** When the minute began (RFC 3339). */
  readonly at: string;
  /** How long it was. The last one is not over. */
  readonly seconds: number;
  /** The number of activities that the log confirmed. */
  readonly accepted?: number;
  /** The number of activities that the process stored, with those by which the service logs itself. */
  readonly stored?: number;
  /** The number of dead letters that the process added. */
  readonly deadLettered?: number;
  /** The number of records that all consumers handled. Present only if the process has no consumer. */
  readonly handled?: number;
  /** The number of records that were not handled at the end. */
  readonly lag?: number;
  /** The time from the acceptance of an activity until it was stored, in ms. Absent if none was stored. */
  readonly storedAfterMs?: { readonly p50: number; readonly p99: number };
}
