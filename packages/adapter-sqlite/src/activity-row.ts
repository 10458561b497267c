import {
  ActivityId,
  ActivityType,
  type JsonObject,
  Metadata,
  parseJson,
  Timestamp,
  UserActivity,
  UserId,
} from '@user-activity/domain';
import type { ActivityRow } from './threads/rows.ts';

/** The activity as the store keeps it. */
export function rowOf({ id, userId, type, metadata, createdAt, receivedAt }: UserActivity): ActivityRow {
  return [id, userId, type, JSON.stringify(metadata), createdAt, receivedAt];
}

/** The activity that the store kept. */
export function activityOf([id, userId, type, metadata, createdAt, receivedAt]: ActivityRow): UserActivity {
  return UserActivity.rehydrate({
    id: ActivityId.trusted(id),
    userId: UserId.trusted(userId),
    type: ActivityType.trusted(type),
    metadata: Metadata.trusted(parseJson(metadata) as JsonObject),
    createdAt: Timestamp.trusted(createdAt),
    receivedAt: Timestamp.trusted(receivedAt),
  });
}
