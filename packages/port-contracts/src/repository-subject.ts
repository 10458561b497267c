import type { ActivityRepository } from '@user-activity/domain';
import type { Subject } from './contract.ts';

/** One store, empty at first. */
export interface RepositorySubject extends Subject {
  /** Opens a new handle on the store. */
  open(): Promise<ActivityRepository>;
  /** Makes the store unreachable for every handle. The returned function undoes it. */
  interrupt(): Promise<() => Promise<void>>;
}
