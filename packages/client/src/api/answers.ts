/** A rule that a request breaks. */
export interface Violation {
  /** A JSON Pointer into the body, or a slash and the name of a parameter or header. */
  readonly path: string;
  readonly message: string;
}

/** The result of logging an activity. `accepted`: the log holds it durably, but it is not yet known whether it will be stored. */
export interface Outcome {
  readonly id: string;
  readonly status: 'stored' | 'duplicate' | 'accepted' | 'conflict' | 'erased' | 'dead_lettered';
}

/** Whether an activity is stored. `unknown`: there is neither an activity nor a dead letter with the id (yet). */
export interface ActivityStatus {
  readonly id: string;
  readonly status: 'stored' | 'dead_lettered' | 'unknown';
}

/** The answer to a batch. */
export interface BatchReceipt {
  /** The number of accepted items. */
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
  /** The id of each item, in the order of the batch. Null for a rejected item. */
  readonly ids: readonly (string | null)[];
  /** The number of errors that the answer leaves out because there are too many. */
  readonly omittedErrors?: number;
}

/** An item of a batch that breaks rules. */
export interface RejectedItem {
  readonly index: number;
  readonly errors: readonly Violation[];
}

type StatsField = 'type' | 'userId';
type StatsTime = 'minute' | 'hour' | 'day' | 'week' | 'month';
/** How activities are grouped to count them: by a field, by a unit of time, or by both. */
export type StatsUnit = StatsField | StatsTime | `${StatsTime},${StatsField}`;

/** The number of activities in each group. */
export interface Stats {
  readonly by: StatsUnit;
  readonly data: readonly StatsLine[];
}

/**
 * The number of activities in one group. `key` is the type, the user or the start of the unit of time. If activities are grouped by time
 * and a field, `key` is the time, and `type` or `userId` is the field.
 */
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

/** The progress of an erasure. */
export interface Erasure {
  readonly id: string;
  readonly status: 'accepted' | 'running' | 'done';
  /** The number of activities that were removed or anonymised so far. */
  readonly erased: number;
}
