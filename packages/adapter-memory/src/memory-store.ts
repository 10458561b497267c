import { type ActivityKeyText, type DeadLetter, DomainError, type UserActivity } from '@user-activity/domain';

/** The data of the adapters in memory. Several adapters can share one store. */
export class MemoryStore {
  readonly activities: Map<ActivityKeyText, UserActivity> = new Map();
  /** By origin, as `topic:partition:offset`. */
  readonly letters: Map<string, DeadLetter> = new Map();
  /** The end of the claim to replay dead letters; undefined if there is none. */
  replayClaimedUntil: number | undefined;
  /** The number of partitions by topic. */
  readonly topics: Map<string, number> = new Map();
  /** False simulates an outage: every call of an adapter then rejects. */
  reachable = true;

  /** Throws STORE_UNAVAILABLE during an outage. */
  assertReachable(): void {
    if (!this.reachable) throw new DomainError('STORE_UNAVAILABLE', 'The store is out of reach.');
  }
}
