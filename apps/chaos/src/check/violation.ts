/**
 * A promise that was broken:
 *  - `lost`        answered 202, but neither stored nor a dead letter;
 *  - `doubled`     stored twice;
 *  - `changed`     stored with other content than the client sent;
 *  - `foreign`     stored, but never sent;
 *  - `swapped`     on the log or in the store in another order than the answers;
 *  - `unbalanced`  log and store contradict each other;
 *  - `answer`      an answer that a client should never get;
 *  - `stuck`       records were not processed, or a fault was not recovered from, in time;
 *  - `drain`       a process that was asked to end ended late or with an error;
 *  - `ended`       a process that was ready ended by itself;
 *  - `memory`      a process used more memory than allowed;
 *  - `idle`        something did not happen, and without it the run proves nothing.
 */
export type ViolationKind =
  | 'lost'
  | 'doubled'
  | 'changed'
  | 'foreign'
  | 'swapped'
  | 'unbalanced'
  | 'answer'
  | 'stuck'
  | 'drain'
  | 'ended'
  | 'memory'
  | 'idle';

/** A broken promise, and the evidence for it. */
export interface Violation {
  readonly kind: ViolationKind;
  /** An id, an origin, a process or a fault. */
  readonly subject: string;
  readonly detail: string;
}
