import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import { DomainError } from '../shared/domain-error.ts';
import { isPlainObject, isSameJson, type JsonObject } from '../shared/json.ts';
import { pointer, RuleBroken, Violations } from '../shared/violation.ts';
import { ActivityId } from './activity-id.ts';
import { ActivityType } from './activity-type.ts';
import { Metadata } from './metadata.ts';
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

/**
 * What an activity is to an earlier one of the same id:
 *  - `redelivered`  the very same, delivered by the log again;
 *  - `duplicate`    the same fact, sent again by a client;
 *  - `conflict`     another fact.
 */
export type Comparison = 'redelivered' | 'duplicate' | 'conflict';

/** The values of an activity that are compared as they are. */
type Facts = Omit<ActivityState, 'id' | 'metadata'>;

/** What `UserActivity.record` takes from its surroundings. */
export interface RecordingDeps {
  readonly clock: Clock;
  readonly ids: IdGenerator;
}

const draftFields: ReadonlySet<string> = new Set(['id', 'userId', 'type', 'metadata', 'createdAt']);
const snapshotFields: ReadonlySet<string> = new Set([...draftFields, 'receivedAt']);
const mostAheadMs = 5 * 60_000;

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
   * The door for news: a draft `{id?, userId, type, metadata?, createdAt?}` as a client wrote it. An id that it leaves out
   * comes from `ids`, a createdAt is exactly receivedAt, which is the clock's now.
   * Throws INVALID_ACTIVITY with every violation, a createdAt more than 5 minutes ahead of the clock among them; with as
   * many as `violations` lists, which must be empty.
   */
  static record(
    draft: unknown,
    deps: RecordingDeps,
    violations: Violations = new Violations(),
  ): UserActivity {
    const now = deps.clock.now();
    const { id, userId, type, metadata, createdAt } = fieldsOf(draft, draftFields, violations);
    return UserActivity.#made(violations, {
      id: id === undefined ? deps.ids.next() : violations.check('/id', () => ActivityId.parse(id)),
      userId: violations.check('/userId', () => UserId.parse(userId)),
      type: violations.check('/type', () => ActivityType.parse(type)),
      metadata: metadata === undefined ? Metadata.none : Metadata.parse(metadata, '/metadata', violations),
      createdAt:
        createdAt === undefined ? now : violations.check('/createdAt', () => notAhead(createdAt, now)),
      receivedAt: now,
    });
  }

  /**
   * The door for what came over the log: an `ActivityJson` that anyone may have written there. Checks every rule but the
   * one about the future, which is for news only. Throws INVALID_ACTIVITY with every violation.
   */
  static parse(json: unknown): UserActivity {
    const violations = new Violations();
    const { id, userId, type, metadata, createdAt, receivedAt } = fieldsOf(json, snapshotFields, violations);
    return UserActivity.#made(violations, {
      id: violations.check('/id', () => ActivityId.parse(id)),
      userId: violations.check('/userId', () => UserId.parse(userId)),
      type: violations.check('/type', () => ActivityType.parse(type)),
      metadata: Metadata.parse(metadata, '/metadata', violations),
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
   * Judges a newcomer of the same id. The same fact is the same user, type and metadata (whatever the order of its
   * members) and the same createdAt, unless no client gave one to either.
   */
  compare(newcomer: UserActivity): Comparison {
    return comparisonOf(this, newcomer, () => isSameJson(this.metadata, newcomer.metadata));
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

/** What the second is to the first, of two that have one id. Metadata is compared last, as it takes the longest. */
export function comparisonOf(first: Facts, second: Facts, haveSameMetadata: () => boolean): Comparison {
  const sameFact =
    first.userId === second.userId &&
    first.type === second.type &&
    (first.createdAt === second.createdAt || (isUndated(first) && isUndated(second))) &&
    haveSameMetadata();
  if (!sameFact) return 'conflict';
  return first.receivedAt === second.receivedAt ? 'redelivered' : 'duplicate';
}

/** The members of a JSON object; one that is not among the `known` is a violation, as is anything but an object. */
function fieldsOf(
  raw: unknown,
  known: ReadonlySet<string>,
  violations: Violations,
): Readonly<Record<string, unknown>> {
  if (!isPlainObject(raw)) {
    throw new DomainError('INVALID_ACTIVITY', 'The activity breaks a rule.', {
      violations: [{ path: '', message: 'must be a JSON object' }],
    });
  }
  for (const key of Object.keys(raw)) {
    if (!known.has(key)) violations.add(pointer('', key), 'is not a known field');
    if (violations.full) break;
  }
  return raw;
}

function notAhead(raw: unknown, now: Timestamp): Timestamp {
  const moment = Timestamp.parse(raw);
  if (UserActivity.isAhead(moment, now))
    throw new RuleBroken('must not be more than 5 minutes ahead of the clock');
  return moment;
}

/** Whether the time of the fact is the service's own, for want of a client's. */
function isUndated(activity: Facts): boolean {
  return activity.createdAt === activity.receivedAt;
}
