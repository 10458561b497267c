import {
  ActivityKeyText,
  ActivityType,
  MetadataText,
  ProjectId,
  StoredActivity,
  Timestamp,
  type UserActivity,
  UserId,
} from '@user-activity/domain';
import type { ActivityRow } from '../protocol/rows.ts';

export function rowOf(activity: UserActivity): ActivityRow {
  const { project, userId, type, createdAt, receivedAt } = activity;
  const metadata = MetadataText.of(activity.metadata);
  return [ActivityKeyText.of(activity), userId, type, metadata, createdAt, receivedAt, project];
}

export function storedOf(row: ActivityRow): StoredActivity {
  const [key, userId, type, metadata, createdAt, receivedAt, project] = row;
  return StoredActivity.rehydrate({
    project: ProjectId.trusted(project),
    id: ActivityKeyText.idOf(ActivityKeyText.trusted(key)),
    userId: UserId.trusted(userId),
    type: ActivityType.trusted(type),
    metadata: MetadataText.trusted(metadata),
    createdAt: Timestamp.trusted(createdAt),
    receivedAt: Timestamp.trusted(receivedAt),
  });
}
