import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import { DomainError } from '../shared/domain-error.ts';
import { isPlainObject, type JsonObject } from '../shared/json.ts';
import { pointer, RuleBroken, Violations } from '../shared/violation.ts';
import { ActivityId } from './activity-id.ts';
import { ActivityType } from './activity-type.ts';
import { type Comparison, comparisonOf, isSameMetadata } from './comparison.ts';
import { Metadata } from './metadata.ts';
import { maxMetadataBytes, type RecordingRules } from './recording-rules.ts';
import { Timestamp } from './timestamp.ts';
import { UserId } from './user-id.ts';

/** The values that an activity consists of. */
export interface ActivityState {
  readonly id: ActivityId;
  readonly userId: UserId;
  readonly type: ActivityType;
  readonly metadata: Metadata;
  /** When it happened. */
  readonly createdAt: Timestamp;
  /** When the service accepted it. */
  readonly receivedAt: Timestamp;
}

/** An activity as JSON: on the topic and in answers. The two times are RFC 3339 in UTC with milliseconds. */
export interface ActivityJson {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: JsonObject;
  readonly createdAt: string;
  readonly receivedAt: string;
}

/** What `UserActivity.record` takes from its surroundings. */
export interface RecordingDeps {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly rules: RecordingRules;
}

const draftFields: ReadonlySet<string> = new Set(['id', 'userId', 'type', 'metadata', 'createdAt']);
const mostAheadMs = 5 * 60_000;
// Deeper than any version takes news, and within what every store can hold: MongoDB takes 100 levels.
const maxHistoryLevels = 64;

/** The aggregate: who did what, when. One fact, which never changes. */
export class UserActivity implements ActivityState {
  readonly id: ActivityId;
  readonly userId: UserId;
  readonly type: ActivityType;
  readonly metadata: Metadata;
  readonly createdAt: Timestamp;
  readonly receivedAt: Timestamp;

  private constructor(state: ActivityState) {
    this.id = state.id;
    this.userId = state.userId;
    this.type = state.type;
    this.metadata = state.metadata;
    this.createdAt = state.createdAt;
    this.receivedAt = state.receivedAt;
  }

  /**
   * The door for news: a draft `{id?, userId, type, metadata?, createdAt?}` as a client wrote it; null for an optional member means
   * absent. An absent id comes from `ids`, an absent createdAt is exactly receivedAt, which is the clock's now.
   * Throws INVALID_ACTIVITY with every violation, a createdAt more than 5 minutes ahead of the clock among them; with as
   * many as `violations` lists, which must be empty.
   */
  static record(
    draft: unknown,
    { clock, ids, rules }: RecordingDeps,
    violations: Violations = new Violations(),
  ): UserActivity {
    const now = clock.now();
    const members = membersOf(draft);
    refuseUnknown(members, violations);
    const { id, userId, type, metadata, createdAt } = members;
    // What is taken must be readable from the log, whatever the rules say.
    const maxBytes = Math.min(rules.maxMetadataBytes, maxMetadataBytes);
    return UserActivity.#made(violations, {
      id: isAbsent(id) ? ids.next() : violations.check('/id', () => newId(id, rules.reservedIds)),
      userId: violations.check('/userId', () => UserId.parse(userId)),
      type: violations.check('/type', () => ActivityType.parse(type)),
      metadata: isAbsent(metadata)
        ? Metadata.none
        : Metadata.parse(metadata, '/metadata', violations, maxBytes),
      createdAt: isAbsent(createdAt) ? now : violations.check('/createdAt', () => notAhead(createdAt, now)),
      receivedAt: now,
    });
  }

  /**
   * The door for history, what came over the log: an `ActivityJson` that anyone may have written there, in this version, an older or
   * a newer one. So it takes what every setting may have allowed (256 KiB of metadata, 64 levels, any id and any time), and leaves
   * out members that it does not know. Throws INVALID_ACTIVITY with every violation.
   */
  static parse(json: unknown): UserActivity {
    const violations = new Violations();
    const { id, userId, type, metadata, createdAt, receivedAt } = membersOf(json);
    return UserActivity.#made(violations, {
      id: violations.check('/id', () => ActivityId.parse(id)),
      userId: violations.check('/userId', () => UserId.parse(userId)),
      type: violations.check('/type', () => ActivityType.parse(type)),
      metadata: Metadata.parse(metadata, '/metadata', violations, maxMetadataBytes, maxHistoryLevels),
      createdAt: violations.check('/createdAt', () => Timestamp.parse(createdAt)),
      receivedAt: violations.check('/receivedAt', () => Timestamp.parse(receivedAt)),
    });
  }

  /** The door for values that are known to keep the rules, as our own store held them: nothing is checked. */
  static rehydrate(state: ActivityState): UserActivity {
    return new UserActivity(state);
  }

  /** Whether that moment is more than 5 minutes ahead of now: `record` takes no news of then. */
  static isAhead(moment: Timestamp, now: Timestamp): boolean {
    return moment > now + mostAheadMs;
  }

  static #made(
    violations: Violations,
    state: { [Key in keyof ActivityState]: ActivityState[Key] | undefined },
  ): UserActivity {
    if (violations.list.length > 0) {
      throw new DomainError('INVALID_ACTIVITY', 'The activity breaks a rule.', {
        violations: violations.list,
      });
    }
    return new UserActivity(state as ActivityState);
  }

  /**
   * Judges a newcomer of the same id. The same fact is the same user, type and metadata (whatever the order of its members, and
   * without the member `original`), and the same createdAt if a client gave one to both.
   */
  compare(newcomer: UserActivity): Comparison {
    return comparisonOf(this, newcomer, () => isSameMetadata(this.metadata, newcomer.metadata));
  }

  toJSON(): ActivityJson {
    return {
      id: this.id,
      userId: this.userId,
      type: this.type,
      metadata: this.metadata,
      createdAt: Timestamp.toISO(this.createdAt),
      receivedAt: Timestamp.toISO(this.receivedAt),
    };
  }
}

/** The members of a JSON object. Throws INVALID_ACTIVITY if it is none. */
function membersOf(raw: unknown): Readonly<Record<string, unknown>> {
  if (isPlainObject(raw)) return raw;
  throw new DomainError('INVALID_ACTIVITY', 'The activity breaks a rule.', {
    violations: [{ path: '', message: 'must be a JSON object' }],
  });
}

/** A member of news that nobody knows is a mistake of its client, who would think that it was taken in. */
function refuseUnknown(draft: Readonly<Record<string, unknown>>, violations: Violations): void {
  for (const key of Object.keys(draft)) {
    if (!draftFields.has(key)) violations.add(pointer('', key), 'is not a known field');
    if (violations.full) break;
  }
}

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

function newId(raw: unknown, reserved: ReadonlySet<string>): ActivityId {
  const id = ActivityId.parse(raw);
  if (reserved.has(id))
    throw new RuleBroken(`must not be one of the reserved words ${[...reserved].join(', ')}`);
  return id;
}

function notAhead(raw: unknown, now: Timestamp): Timestamp {
  const moment = Timestamp.parse(raw);
  if (UserActivity.isAhead(moment, now))
    throw new RuleBroken('must not be more than 5 minutes ahead of the clock of the service');
  return moment;
}
