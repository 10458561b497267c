/**
 * A promise that was broken:
 *  - `lost`        answered 202, and neither stored nor a dead letter;
 *  - `doubled`     there twice;
 *  - `changed`     there with another body than the one that was sent;
 *  - `foreign`     there, and nobody sent it;
 *  - `swapped`     on the log or in the store in another order than it was answered;
 *  - `unbalanced`  the log says one thing and the store another;
 *  - `answer`      an answer that a client should never get;
 *  - `stuck`       not everything that is on the log was dealt with, or a fault was not recovered from in time;
 *  - `drain`       a process that was asked to end did not do so in time and in good order;
 *  - `ended`       a process that was ready ended by itself;
 *  - `memory`      a process took more memory than it may;
 *  - `idle`        something that the verdict needs did not happen at all.
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

/** One of them, and where it shows. */
export interface Violation {
  readonly kind: ViolationKind;
  /** An id, an origin, a process or a fault. */
  readonly subject: string;
  readonly detail: string;
}
