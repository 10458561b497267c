import {
  type ActivityKeyText,
  type DeadLetter,
  DomainError,
  type Erasure,
  type ProjectId,
  type RetentionDays,
  type UserActivity,
} from '@user-activity/domain';

/** The data of the adapters in memory. Several adapters can share one store. */
export class MemoryStore {
  readonly activities: Map<ActivityKeyText, UserActivity> = new Map();
  /** By origin, as `topic:partition:offset`. */
  readonly letters: Map<string, DeadLetter> = new Map();
  /** The end of each claim, by the kind of work, such as `replay`. */
  readonly claims: Map<string, number> = new Map();
  /** The number of partitions by topic. */
  readonly topics: Map<string, number> = new Map();
  /** The retentions of projects that have one of their own. */
  readonly retentions: Map<ProjectId, RetentionDays> = new Map();
  /** The latest erasure of each project, and whether it has not ended. */
  readonly erasures: Map<ProjectId, Erasure & { readonly erasing: boolean }> = new Map();
  /** False simulates an outage: every call of an adapter then rejects. */
  reachable = true;

  /** Throws STORE_UNAVAILABLE during an outage. */
  assertReachable(): void {
    if (!this.reachable) throw new DomainError('STORE_UNAVAILABLE', 'The store is out of reach.');
  }
}
