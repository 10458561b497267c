/** A rule that a request breaks. */
export interface Violation {
  /** A JSON Pointer into the body, or `/name` of a parameter or header. */
  readonly path: string;
  readonly message: string;
}

/** What became of an activity. `accepted`: the log holds it durably, and the outcome is not known yet. */
export interface Outcome {
  readonly id: string;
  readonly status: 'stored' | 'duplicate' | 'accepted' | 'conflict' | 'erased' | 'dead_lettered';
}

/** What is known of an id. */
export interface ActivityStatus {
  readonly id: string;
  readonly status: 'stored' | 'dead_lettered' | 'unknown';
}

/** The answer to a batch. */
export interface BatchReceipt {
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
  readonly ids: readonly (string | null)[];
  readonly omittedErrors?: number;
}

/** An item of a batch that breaks rules. */
export interface RejectedItem {
  readonly index: number;
  readonly errors: readonly Violation[];
}

type StatsField = 'type' | 'userId';
type StatsTime = 'minute' | 'hour' | 'day' | 'week' | 'month';
/** What activities are counted by: a field, a unit of time, or both. */
export type StatsUnit = StatsField | StatsTime | `${StatsTime},${StatsField}`;

/** Activities counted in groups. */
export interface Stats {
  readonly by: StatsUnit;
  readonly data: readonly StatsLine[];
}

/** The number of activities of a type, of a user, or in a unit of time. If they are counted by both, `key` is the unit of time. */
export interface StatsLine {
  readonly key: string;
  readonly type?: string;
  readonly userId?: string;
  readonly count: number;
}

/** The answer to a request to erase a user. */
export interface ErasureReceipt {
  readonly id: string;
  readonly status: 'accepted';
}

/** How far an erasure is. */
export interface Erasure {
  readonly id: string;
  readonly status: 'accepted' | 'running' | 'done';
  /** The number of activities that were removed or anonymised. */
  readonly erased: number;
}
