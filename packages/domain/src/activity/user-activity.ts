import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import { RetentionDays } from '../project/retention-days.ts';
import { DomainError } from '../shared/domain-error.ts';
import { isPlainObject, type JsonObject } from '../shared/json.ts';
import { pointer, RuleBroken, Violations } from '../shared/violation.ts';
import { ActivityId } from './activity-id.ts';
import { ActivityType } from './activity-type.ts';
import { type Comparison, comparisonOf, isSameMetadata } from './comparison.ts';
import { Metadata } from './metadata.ts';
import { ProjectId } from './project-id.ts';
import { PublicId } from './public-id.ts';
import { projectOfMembers } from './project-of-members.ts';
import { maxMetadataBytes, type RecordingRules } from './recording-rules.ts';
import type { Sender } from './sender.ts';
import { Timestamp } from './timestamp.ts';
import { UserId } from './user-id.ts';

/** The values of an activity. */
export interface ActivityState {
  readonly project: ProjectId;
  readonly id: ActivityId;
  readonly userId: UserId;
  readonly type: ActivityType;
  readonly metadata: Metadata;
  /** When the activity happened. */
  readonly createdAt: Timestamp;
  /** When the service accepted the activity. */
  readonly receivedAt: Timestamp;
}

/** An activity as JSON, on the topic and in responses. Both times are RFC 3339 in UTC with milliseconds. */
export interface ActivityJson {
  /** Absent if the project is `default`. Also absent in responses, because the request named the project. */
  readonly project?: string;
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: JsonObject;
  readonly createdAt: string;
  readonly receivedAt: string;
  /** `public` if the activity came with a public key. Then anyone may have sent it. Absent otherwise. */
  readonly source?: 'public';
}

/** The dependencies of `UserActivity.record`. */
export interface RecordingDeps {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly rules: RecordingRules;
}

const draftFields: ReadonlySet<string> = new Set(['id', 'userId', 'type', 'metadata', 'createdAt']);
const maxAheadMs = 5 * 60_000;
// The maximum number of levels of metadata on the log: more than any version allows for new activities, and fewer than the maximum of any store
// (MongoDB: 100).
const maxHistoryLevels = 64;

/** The aggregate: who did what, and when. It is a fact, so it never changes. */
export class UserActivity implements ActivityState {
  readonly project: ProjectId;
  readonly id: ActivityId;
  readonly userId: UserId;
  readonly type: ActivityType;
  readonly metadata: Metadata;
  readonly createdAt: Timestamp;
  readonly receivedAt: Timestamp;

  private constructor(state: ActivityState) {
    this.project = state.project;
    this.id = state.id;
    this.userId = state.userId;
    this.type = state.type;
    this.metadata = state.metadata;
    this.createdAt = state.createdAt;
    this.receivedAt = state.receivedAt;
  }

  /**
   * Makes a new activity from a client's draft `{id?, userId, type, metadata?, createdAt?}`. An optional member may be null, which means
   * absent. If the id is absent, `ids` makes one. receivedAt is the time of the clock, and so is createdAt if it is absent. The id becomes a
   * `PublicId` if the sender has a public key.
   * Throws INVALID_ACTIVITY with the violations. They are collected in `violations`, which must be empty and may limit their number. A createdAt
   * must not be more than 5 minutes ahead of the clock, nor older than the retention of the project.
   */
  static record(
    { project, publicKey }: Sender,
    draft: unknown,
    { clock, ids, rules }: RecordingDeps,
    violations: Violations = new Violations(),
  ): UserActivity {
    const now = clock.now();
    const members = membersOf(draft);
    refuseUnknown(members, violations);
    const { id, userId, type, metadata, createdAt } = members;
    // `parse` accepts no more than this on the log, whatever the rules allow.
    const maxBytes = Math.min(rules.maxMetadataBytes, maxMetadataBytes);
    return UserActivity.#make(violations, {
      project,
      id: violations.check('/id', () =>
        publicKey === undefined
          ? newId(id, ids, rules.reservedIds)
          : PublicId.of(publicKey, isAbsent(id) ? ids.next() : ActivityId.parse(id), ids),
      ),
      userId: violations.check('/userId', () => UserId.parse(userId)),
      type: violations.check('/type', () => ActivityType.parse(type)),
      metadata: isAbsent(metadata)
        ? Metadata.none
        : Metadata.parse(metadata, '/metadata', violations, maxBytes),
      createdAt: isAbsent(createdAt)
        ? now
        : violations.check('/createdAt', () =>
            withinRetention(notAhead(createdAt, now), now, rules.retentionOf(project)),
          ),
      receivedAt: now,
    });
  }

  /**
   * Makes an activity from an `ActivityJson` on the log. Any version of the service with any configuration may have written it, so the limits
   * are wider than for new activities: 256 KiB and 64 levels of metadata, reserved ids, and any time. Drops unknown members. Throws
   * INVALID_ACTIVITY with the violations.
   */
  static parse(json: unknown): UserActivity {
    const violations = new Violations();
    const members = membersOf(json);
    const { id, userId, type, metadata, createdAt, receivedAt } = members;
    return UserActivity.#make(violations, {
      project: violations.check('/project', () => projectOfMembers(members)),
      id: violations.check('/id', () => ActivityId.parse(id)),
      userId: violations.check('/userId', () => UserId.parse(userId)),
      type: violations.check('/type', () => ActivityType.parse(type)),
      metadata: Metadata.parse(metadata, '/metadata', violations, maxMetadataBytes, maxHistoryLevels),
      createdAt: violations.check('/createdAt', () => Timestamp.parse(createdAt)),
      receivedAt: violations.check('/receivedAt', () => Timestamp.parse(receivedAt)),
    });
  }

  /** Makes an activity from values of our own store, without validation. */
  static rehydrate(state: ActivityState): UserActivity {
    return new UserActivity(state);
  }

  /** Returns whether the moment is more than 5 minutes later than `now`. Then `record` refuses it as createdAt. */
  static isAhead(moment: Timestamp, now: Timestamp): boolean {
    return moment > now + maxAheadMs;
  }

  static #make(
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

  /** Returns a copy of the activity with `replacement` as its user and without metadata. */
  anonymised(replacement: UserId): UserActivity {
    const { project, id, type, createdAt, receivedAt } = this;
    const metadata = Metadata.none;
    return new UserActivity({ project, id, userId: replacement, type, metadata, createdAt, receivedAt });
  }

  /**
   * Compares this activity with a new one of the same id. Both are the same fact if user, type and metadata are equal, and createdAt too
   * if a client set it in both. The order of metadata's members does not count, nor does its member `original`.
   */
  compare(activity: UserActivity): Comparison {
    return comparisonOf(this, activity, () => isSameMetadata(this.metadata, activity.metadata));
  }

  /** Returns the activity as it is written to the log. */
  toJSON(): ActivityJson {
    const { id, userId, type, metadata } = this;
    const createdAt = Timestamp.toISO(this.createdAt);
    const receivedAt = Timestamp.toISO(this.receivedAt);
    const json = { id, userId, type, metadata, createdAt, receivedAt };
    if (this.project === ProjectId.default && !PublicId.is(id)) return json;
    return {
      ...(this.project === ProjectId.default ? {} : { project: this.project }),
      ...json,
      ...(PublicId.is(id) ? { source: 'public' } : {}),
    };
  }

  /** Returns the JSON text of `toJSON` in 0.4 µs. `JSON.stringify` of the activity takes 0.7 µs, because V8 is slow if it must call `toJSON`. */
  toText(): string {
    return JSON.stringify(this.toJSON());
  }
}

/** Returns the members of a JSON object. Throws INVALID_ACTIVITY if `raw` is not one. */
function membersOf(raw: unknown): Readonly<Record<string, unknown>> {
  if (isPlainObject(raw)) return raw;
  throw new DomainError('INVALID_ACTIVITY', 'The activity breaks a rule.', {
    violations: [{ path: '', message: 'must be a JSON object' }],
  });
}

/** Adds a violation for each unknown member. If the service ignored such a member, the client would believe that it was stored. */
function refuseUnknown(draft: Readonly<Record<string, unknown>>, violations: Violations): void {
  for (const key of Object.keys(draft)) {
    if (draftFields.has(key)) continue;
    violations.add(pointer('', key), 'is not a known field');
    if (violations.full) break;
  }
}

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

function newId(raw: unknown, ids: IdGenerator, reserved: ReadonlySet<string>): ActivityId {
  if (isAbsent(raw)) return ids.next();
  const id = ActivityId.parse(raw);
  PublicId.refuse(id);
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

function withinRetention(moment: Timestamp, now: Timestamp, days: RetentionDays | undefined): Timestamp {
  if (days !== undefined && moment < RetentionDays.startOf(days, now))
    throw new RuleBroken(`must not be older than ${RetentionDays.text(days)}, the retention of this project`);
  return moment;
}
