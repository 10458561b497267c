import type { Actor } from '../access/actor.ts';
import type { ActivityId } from '../activity/activity-id.ts';
import { ActivityType } from '../activity/activity-type.ts';
import { Metadata } from '../activity/metadata.ts';
import { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import { UserActivity } from '../activity/user-activity.ts';
import { UserId } from '../activity/user-id.ts';
import type { JsonObject } from '../shared/json.ts';

/** The kinds of audit events. Each one is the `type` of the activity that records the event. */
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

/** A change or a read of data in the service, which the service logs as an activity. */
export interface AuditEvent {
  readonly type: AuditType;
  readonly actor: Actor;
  /** Has ids, projects, scopes, numbers and digests, but never a secret, the name of a key, a user id, or a value of a filter. */
  readonly details: JsonObject;
}

export const AuditEvent = {
  /** Makes the activity that records an event. Its project is `_system`, and its user is the actor. */
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
