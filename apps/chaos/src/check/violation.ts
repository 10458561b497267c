/** The kind of promise that was broken. */
export type ViolationKind =
  | 'lost' // Answered 202, but neither stored nor a dead letter, or missing in the feed.
  | 'doubled' // Stored twice, or twice in the feed.
  | 'changed' // On the log or in the store, but not with the content that the client sent.
  | 'foreign' // On the log or in the store, but never sent; or in the feed, but not stored.
  | 'kept' // Not erased or not anonymised as requested.
  | 'swapped' // In a wrong order on the log, in the store or in the feed.
  | 'unbalanced' // The log, the store and the dead letters contradict each other.
  | 'answer' // A response that a client should never get.
  | 'stuck' // The service did not process all records, or did not recover from a fault, in time.
  | 'drain' // A process ended late or with an error after SIGTERM.
  | 'ended' // A process that was ready ended by itself.
  | 'memory' // A process used more memory than allowed.
  | 'idle'; // The run proves nothing, because something did not happen, for example no fault struck.

/** A broken promise, and the evidence for it. */
export interface Violation {
  readonly kind: ViolationKind;
  /** What broke the promise: the id of an activity, the origin of a record, the name of a process, or the kind of a fault. */
  readonly subject: string;
  readonly detail: string;
}
