import { LogId } from '../log/log-id.ts';
import type { LogPosition } from '../log/log-position.ts';
import { utf8Bytes } from '../shared/json-bytes.ts';
import type { ActivityId } from './activity-id.ts';
import { ActivityKeyText } from './activity-key.ts';
import { ActivityType } from './activity-type.ts';
import { type Comparison, comparisonOf, isSameMetadata } from './comparison.ts';
import { MetadataText } from './metadata-text.ts';
import { ProjectId } from './project-id.ts';
import { PublicId } from './public-id.ts';
import { Timestamp } from './timestamp.ts';
import { type ActivityState, UserActivity } from './user-activity.ts';
import { UserId } from './user-id.ts';

/** The values of a stored activity. */
export interface StoredState extends Omit<ActivityState, 'metadata'> {
  readonly metadata: MetadataText;
  /** The position of the record from which the activity was stored. Undefined if an older version stored it, which kept no positions. */
  readonly origin?: LogPosition | undefined;
}

/** The values of a stored activity as plain strings and numbers, which a store returns. */
interface StoredValues {
  /** The activity's `ActivityKeyText`. */
  readonly key: string;
  readonly project: string;
  readonly userId: string;
  readonly type: string;
  /** JSON text. */
  readonly metadata: string;
  /** `createdAt` and `receivedAt` are in milliseconds since 1970-01-01T00:00:00Z. */
  readonly createdAt: number;
  readonly receivedAt: number;
  readonly origin: OriginValues | undefined;
}

interface OriginValues {
  readonly log: string;
  readonly partition: number;
  readonly offset: number;
}

// More bytes than the names of the members, two times and the source take in the JSON text of an activity.
const maxFixedBytes = 200;
// The maximum number of bytes of a UTF-16 code unit: six if JSON escapes it, as \u001f, and three in UTF-8 otherwise.
const [maxEscapeBytes, maxUtf8Bytes] = [6, 3];

/** An activity from a store, for responses and comparisons. Its metadata stays text until a comparison needs the values. */
export class StoredActivity implements StoredState {
  readonly project: ProjectId;
  readonly id: ActivityId;
  readonly userId: UserId;
  readonly type: ActivityType;
  readonly metadata: MetadataText;
  readonly createdAt: Timestamp;
  readonly receivedAt: Timestamp;
  readonly origin: LogPosition | undefined;

  private constructor(state: Omit<StoredState, 'metadata'>, metadata: MetadataText) {
    this.project = state.project;
    this.id = state.id;
    this.userId = state.userId;
    this.type = state.type;
    this.metadata = metadata;
    this.createdAt = state.createdAt;
    this.receivedAt = state.receivedAt;
    this.origin = state.origin;
  }

  /** Converts an activity to what a store would return. */
  static of(activity: UserActivity, origin?: LogPosition): StoredActivity {
    const { project, id, userId, type, createdAt, receivedAt } = activity;
    const metadata = MetadataText.of(activity.metadata);
    return new StoredActivity({ project, id, userId, type, createdAt, receivedAt, origin }, metadata);
  }

  /** Makes an activity from values of our own store, without validation. */
  static rehydrate(state: StoredState): StoredActivity {
    return new StoredActivity(state, state.metadata);
  }

  /** Makes an activity from the plain strings and numbers of our own store, without validation. */
  static trusted({
    key,
    project,
    userId,
    type,
    metadata,
    createdAt,
    receivedAt,
    origin,
  }: StoredValues): StoredActivity {
    return StoredActivity.rehydrate({
      project: ProjectId.trusted(project),
      id: ActivityKeyText.idOf(ActivityKeyText.trusted(key)),
      userId: UserId.trusted(userId),
      type: ActivityType.trusted(type),
      metadata: MetadataText.trusted(metadata),
      createdAt: Timestamp.trusted(createdAt),
      receivedAt: Timestamp.trusted(receivedAt),
      origin: origin && positionOf(origin),
    });
  }

  toActivity(): UserActivity {
    const { project, id, userId, type, metadata, createdAt, receivedAt } = this;
    const parsed = MetadataText.parse(metadata);
    return UserActivity.rehydrate({ project, id, userId, type, metadata: parsed, createdAt, receivedAt });
  }

  /** Compares this activity with another one as `UserActivity.compare` does. Parses the metadata only if the two JSON texts differ. */
  compare(activity: UserActivity): Comparison {
    return comparisonOf(
      this,
      activity,
      () =>
        this.metadata === MetadataText.of(activity.metadata) ||
        isSameMetadata(MetadataText.parse(this.metadata), activity.metadata),
    );
  }

  /** Returns the activity as JSON text for a response: an `ActivityJson` without `project`. */
  toText(): string {
    const [start, end] = this.#textAroundMetadata();
    return `${start}${this.metadata}${end}`;
  }

  /** Returns the size of the text of `toText` in bytes of UTF-8. Does not copy the metadata. */
  textBytes(): number {
    const [start, end] = this.#textAroundMetadata();
    return utf8Bytes(start) + utf8Bytes(this.metadata) + utf8Bytes(end);
  }

  /** Returns an upper bound of `textBytes` in 0.02 µs instead of 2 µs, because it makes no text. */
  maxTextBytes(): number {
    const { id, userId, type, metadata } = this;
    return (
      maxFixedBytes +
      maxEscapeBytes * (id.length + userId.length + type.length) +
      maxUtf8Bytes * metadata.length
    );
  }

  #textAroundMetadata(): readonly [start: string, end: string] {
    const { id, userId, type, createdAt, receivedAt } = this;
    const source = PublicId.is(id) ? ',"source":"public"' : '';
    return [
      `{"id":${JSON.stringify(id)},"userId":${JSON.stringify(userId)},"type":${JSON.stringify(type)},"metadata":`,
      `,"createdAt":"${Timestamp.toISO(createdAt)}","receivedAt":"${Timestamp.toISO(receivedAt)}"${source}}`,
    ];
  }
}

const positionOf = ({ log, partition, offset }: OriginValues): LogPosition => ({
  log: LogId.trusted(log),
  partition,
  offset,
});
