import {
  type AccessKey,
  type ActivityId,
  type ActivityKeyText,
  type DeadLetter,
  DomainError,
  type ErasureId,
  type KeptErasure,
  type KeyId,
  type LogId,
  type LogPosition,
  type PlacedErasure,
  type ProjectId,
  type ProjectSettings,
  type RegisteredTopic,
  type Timestamp,
  type UserActivity,
  type UserId,
} from '@user-activity/domain';

/** A registered topic. `topicId` is undefined until the topic is registered with one. */
interface TopicEntry extends RegisteredTopic {
  topicId: string | undefined;
}

/** An audit event that waits to be published to the log. `dueAt` is undefined once the event is ready. */
interface OutboxEntry {
  readonly activity: UserActivity;
  dueAt: Timestamp | undefined;
}

/** An erasure of a user. */
interface UserErasureEntry {
  readonly project: ProjectId;
  /** Undefined until a consumer has recorded the erasure. */
  readonly recorded?: PlacedErasure;
  /** Undefined until the erasure is recorded, and again once it is done. */
  userId?: UserId | undefined;
  /** The number of activities that were removed or anonymised. */
  erased: number;
}

/** The data of the adapters of this package, in memory. Several adapters can share one store. */
export class MemoryStore {
  readonly activities: Map<ActivityKeyText, UserActivity> = new Map();
  /** The origins of the activities that were saved with one. */
  readonly origins: Map<ActivityKeyText, LogPosition> = new Map();
  /** The dead letters, by their `DeadLetterId`. */
  readonly letters: Map<string, DeadLetter> = new Map();
  /** The time at which each claim ends, in milliseconds since 1970, by the kind of work, such as `replay`. */
  readonly claims: Map<string, number> = new Map();
  /** The topics with each name, in the order of their registration. */
  readonly topics: Map<string, TopicEntry[]> = new Map();
  /** The settled offsets of each log: at index i, the offset of partition i. */
  readonly settled: Map<LogId, number[]> = new Map();
  /** Each listener is called after a settled offset has risen. */
  readonly settledListeners: Set<() => void> = new Set();
  readonly projectSettings: Map<ProjectId, ProjectSettings> = new Map();
  /** The latest erasure of each project. */
  readonly erasures: Map<ProjectId, KeptErasure> = new Map();
  readonly userErasures: Map<ErasureId, UserErasureEntry> = new Map();
  readonly keys: Map<KeyId, AccessKey> = new Map();
  readonly outbox: Map<ActivityId, OutboxEntry> = new Map();
  /** False simulates an outage: every call of an adapter then rejects. */
  reachable = true;

  /** Removes an activity and its origin. */
  remove(key: ActivityKeyText): void {
    this.activities.delete(key);
    this.origins.delete(key);
  }

  /** Throws STORE_UNAVAILABLE during an outage. */
  assertReachable(): void {
    if (!this.reachable) throw new DomainError('STORE_UNAVAILABLE', 'The store is out of reach.');
  }
}
