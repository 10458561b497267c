import {
  ActivityId,
  ActivityType,
  MetadataText,
  StoredActivity,
  Timestamp,
  type UserActivity,
  UserId,
} from '@user-activity/domain';
import type { ActivityRow } from '../protocol/rows.ts';

export function rowOf({ id, userId, type, metadata, createdAt, receivedAt }: UserActivity): ActivityRow {
  return [id, userId, type, MetadataText.of(metadata), createdAt, receivedAt];
}

export function storedOf([id, userId, type, metadata, createdAt, receivedAt]: ActivityRow): StoredActivity {
  return StoredActivity.rehydrate({
    id: ActivityId.trusted(id),
    userId: UserId.trusted(userId),
    type: ActivityType.trusted(type),
    metadata: MetadataText.trusted(metadata),
    createdAt: Timestamp.trusted(createdAt),
    receivedAt: Timestamp.trusted(receivedAt),
  });
}
