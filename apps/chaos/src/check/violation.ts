/** The promise that was broken. */
export type ViolationKind =
  | 'lost' // Answered 202, but neither stored nor a dead letter.
  | 'doubled' // Stored twice.
  | 'changed' // Stored with other content than the client sent.
  | 'foreign' // Stored, but never sent.
  | 'kept' // Stored, although its user was erased.
  | 'swapped' // On the log or in the store in another order than the responses.
  | 'unbalanced' // The log and the store contradict each other.
  | 'answer' // A response that a client should never get.
  | 'stuck' // The service did not process all records, or did not recover from a fault, in time.
  | 'drain' // A process ended late or with an error after SIGTERM.
  | 'ended' // A process that was ready ended by itself.
  | 'memory' // A process used more memory than allowed.
  | 'idle'; // Something that the run needs as a proof did not happen, for example no fault struck.

/** A broken promise, and the evidence for it. */
export interface Violation {
  readonly kind: ViolationKind;
  /** An id, an origin, a process or a fault. */
  readonly subject: string;
  readonly detail: string;
}
