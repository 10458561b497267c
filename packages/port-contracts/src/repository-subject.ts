import type { ActivityRepository } from '@user-activity/domain';
import type { Subject } from './contract.ts';

/** One store, empty at first. */
export interface RepositorySubject extends Subject {
  /** A handle of its own on the store. */
  open(): Promise<ActivityRepository>;
  /** Puts the store out of reach of every handle; what comes back undoes it. */
  interrupt(): Promise<() => Promise<void>>;
}
