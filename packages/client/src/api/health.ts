/** Whether the service can serve requests, with the result of each check. */
export interface Health {
  readonly status: 'ok' | 'unavailable';
  readonly checks: {
    readonly log?: 'ok' | 'unavailable';
    readonly store?: 'ok' | 'unavailable';
    /** Whether the consumer of the process makes progress. */
    readonly progress?: 'ok' | 'unavailable';
  };
}

/** What a process measured in each minute of the last hour. */
export interface HealthHistory {
  /** One point per minute, earliest first. */
  readonly data: readonly HealthPoint[];
}

/** What a process measured in one minute. A member is absent if the process does not measure it. */
export interface HealthPoint {
  /** When the minute began (RFC 3339). */
  readonly at: string;
  /** The measured part of the minute, in seconds. Below 60 for the current minute, which has not ended. */
  readonly seconds: number;
  /** The number of activities that the log confirmed. */
  readonly accepted?: number;
  /** The number of activities that the process stored, including those that the service logs about itself. */
  readonly stored?: number;
  /** The number of dead letters that the process added. */
  readonly deadLettered?: number;
  /** The number of records that all consumers together handled. Only a process without a consumer measures it. */
  readonly handled?: number;
  /** The number of records that no consumer had handled at the end of the minute. */
  readonly lag?: number;
  /** The time from acceptance to storage of an activity, in ms, as percentiles. Absent if no activity was stored. */
  readonly storedAfterMs?: { readonly p50: number; readonly p99: number };
}
