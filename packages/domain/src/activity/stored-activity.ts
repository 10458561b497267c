import type { ActivityId } from './activity-id.ts';
import type { ActivityType } from './activity-type.ts';
import { type Comparison, comparisonOf, isSameMetadata } from './comparison.ts';
import { MetadataText } from './metadata-text.ts';
import { Timestamp } from './timestamp.ts';
import { type ActivityState, UserActivity } from './user-activity.ts';
import type { UserId } from './user-id.ts';

/** The values of a stored activity. */
export interface StoredState extends Omit<ActivityState, 'metadata'> {
  readonly metadata: MetadataText;
}

/** An activity as a store gives it back, for answers and comparisons: its metadata is text until somebody needs the values. */
export class StoredActivity implements StoredState {
  readonly id: ActivityId;
  readonly userId: UserId;
  readonly type: ActivityType;
  readonly metadata: MetadataText;
  readonly createdAt: Timestamp;
  readonly receivedAt: Timestamp;

  private constructor(state: StoredState) {
    this.id = state.id;
    this.userId = state.userId;
    this.type = state.type;
    this.metadata = state.metadata;
    this.createdAt = state.createdAt;
    this.receivedAt = state.receivedAt;
  }

  /** The activity as a store would give it back. */
  static of(activity: UserActivity): StoredActivity {
    const { id, userId, type, metadata, createdAt, receivedAt } = activity;
    return new StoredActivity({
      id,
      userId,
      type,
      metadata: MetadataText.of(metadata),
      createdAt,
      receivedAt,
    });
  }

  /** The door for what our own store held: trusted, nothing is checked. */
  static rehydrate(state: StoredState): StoredActivity {
    return new StoredActivity(state);
  }

  /** The activity with its metadata parsed. */
  toActivity(): UserActivity {
    const { id, userId, type, metadata, createdAt, receivedAt } = this;
    const parsed = MetadataText.parse(metadata);
    return UserActivity.rehydrate({ id, userId, type, metadata: parsed, createdAt, receivedAt });
  }

  /** Judges a newcomer of the same id, as `UserActivity.compare` does. Equal texts are equal metadata: only others are parsed. */
  compare(newcomer: UserActivity): Comparison {
    return comparisonOf(
      this,
      newcomer,
      () =>
        this.metadata === MetadataText.of(newcomer.metadata) ||
        isSameMetadata(MetadataText.parse(this.metadata), newcomer.metadata),
    );
  }

  /** The text of its `ActivityJson`. */
  toText(): string {
    const { id, userId, type, metadata, createdAt, receivedAt } = this;
    return (
      `{"id":${JSON.stringify(id)},"userId":${JSON.stringify(userId)},"type":${JSON.stringify(type)},` +
      `"metadata":${metadata},"createdAt":"${Timestamp.toISO(createdAt)}","receivedAt":"${Timestamp.toISO(receivedAt)}"}`
    );
  }
}
