import type { Timestamp } from '../activity/timestamp.ts';
import type { Origin, RawRecord } from './log-record.ts';

/**
 * Why a record could not be stored:
 *  - `unreadable`  it is no event of ours;
 *  - `conflict`    its id already holds another fact;
 *  - `refused`     the store can't hold its content.
 */
export type DeadLetterCode = 'unreadable' | 'conflict' | 'refused';

/** A record that was taken off the log without being stored, and all that is needed to judge it again. */
export interface DeadLetter extends RawRecord {
  readonly origin: Origin;
  readonly code: DeadLetterCode;
  /** For a person; may name a field, never its value. */
  readonly reason: string;
  readonly diedAt: Timestamp;
}
