import type { DeadLetterQueue, DeadLetterRepository } from '@user-activity/domain';
import type { Subject } from './contract.ts';

/** One store of dead letters, empty at first. */
export interface LetterRepositorySubject extends Subject {
  /** Opens a new handle on the letters. */
  open(): Promise<DeadLetterRepository>;
  /** The queue that adds letters. */
  queue(): Promise<DeadLetterQueue>;
  /** Makes the store unreachable for every handle. The returned function undoes it. */
  interrupt(): Promise<() => Promise<void>>;
}
