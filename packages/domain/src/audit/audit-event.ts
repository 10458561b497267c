import type { Actor } from '../access/actor.ts';
import type { ActivityId } from '../activity/activity-id.ts';
import { ActivityType } from '../activity/activity-type.ts';
import { Metadata } from '../activity/metadata.ts';
import { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import { UserActivity } from '../activity/user-activity.ts';
import { UserId } from '../activity/user-id.ts';
import type { JsonObject } from '../shared/json.ts';

/** The kinds of audit events. Each is the type of an activity. */
export type AuditType =
  | 'KEY_CREATED'
  | 'KEY_ROTATED'
  | 'KEY_REVOKED'
  | 'DEAD_LETTERS_REPLAYED'
  | 'PROJECT_ERASED'
  | 'USER_ERASED'
  | 'SETTINGS_CHANGED'
  | 'SEARCHED'
  | 'VIEWED';

/** A change or a read of the service's data that the service logs of itself. */
export interface AuditEvent {
  readonly type: AuditType;
  readonly actor: Actor;
  /** Ids, projects, scopes, numbers and digests. Never a secret, a name for people, a user id, or a value of a filter. */
  readonly details: JsonObject;
}

export const AuditEvent = {
  /** Makes the activity of `_system` that records an event. Its user is the actor. */
  activity: (
    { type, actor, details }: AuditEvent,
    { id, now }: { readonly id: ActivityId; readonly now: Timestamp },
  ): UserActivity =>
    UserActivity.rehydrate({
      project: ProjectId.system,
      id,
      userId: UserId.trusted(actor),
      type: ActivityType.trusted(type),
      metadata: Metadata.trusted(details),
      createdAt: now,
      receivedAt: now,
    }),
};
