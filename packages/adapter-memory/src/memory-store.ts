import { type ActivityId, type DeadLetter, DomainError, type UserActivity } from '@user-activity/domain';

/** The state that outlives a handle. Several handles can share one store. */
export class MemoryStore {
  readonly activities: Map<ActivityId, UserActivity> = new Map();
  /** By `topic:partition:offset`. */
  readonly letters: Map<string, DeadLetter> = new Map();
  /** The end of the latest claim to replay dead letters that was not released. */
  replayClaimedUntil: number | undefined;
  /** The number of partitions by topic. */
  readonly topics: Map<string, number> = new Map();
  /** Set it to false to simulate an outage: every call then rejects. */
  reachable = true;

  /** Throws STORE_UNAVAILABLE during an outage. */
  assertReachable(): void {
    if (!this.reachable) throw new DomainError('STORE_UNAVAILABLE', 'The store is out of reach.');
  }
}
