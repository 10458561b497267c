import type { DeadLetterQueue, DeadLetterRepository } from '@user-activity/domain';
import type { Subject } from './contract.ts';

/** One store of dead letters, empty at first. */
export interface LetterRepositorySubject extends Subject {
  /** A handle of its own on the letters. */
  open(): Promise<DeadLetterRepository>;
  /** What puts letters there. */
  queue(): Promise<DeadLetterQueue>;
  /** Puts the store out of reach of every handle; what comes back undoes it. */
  interrupt(): Promise<() => Promise<void>>;
}
