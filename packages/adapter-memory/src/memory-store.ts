import { type ActivityId, type DeadLetter, DomainError, type UserActivity } from '@user-activity/domain';

/** What outlives a handle: give one store to several handles and they share it. */
export class MemoryStore {
  readonly activities: Map<ActivityId, UserActivity> = new Map();
  /** By `topic:partition:offset`. */
  readonly letters: Map<string, DeadLetter> = new Map();
  /** When the claim to replay dead letters ends that was made last and not released. */
  replayClaimedUntil: number | undefined;
  /** The number of partitions by topic. */
  readonly topics: Map<string, number> = new Map();
  /** Set to false to play an outage: every call is then rejected. */
  reachable = true;

  /** Throws STORE_UNAVAILABLE during an outage. */
  assertReachable(): void {
    if (!this.reachable) throw new DomainError('STORE_UNAVAILABLE', 'The store is out of reach.');
  }
}
