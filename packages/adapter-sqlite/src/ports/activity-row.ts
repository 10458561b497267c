import {
  ActivityKeyText,
  ActivityType,
  LogId,
  type LogPosition,
  MetadataText,
  ProjectId,
  StoredActivity,
  Timestamp,
  type UserActivity,
  UserId,
} from '@user-activity/domain';
import type { ActivityRow } from '../protocol/rows.ts';

export function rowOf(activity: UserActivity, origin: LogPosition | undefined): ActivityRow {
  const { project, userId, type, createdAt, receivedAt } = activity;
  const metadata = MetadataText.of(activity.metadata);
  const { log = null, partition = null, offset = null } = origin ?? {};
  const key = ActivityKeyText.of(activity);
  return [key, userId, type, metadata, createdAt, receivedAt, project, log, partition, offset];
}

export function storedOf(row: ActivityRow): StoredActivity {
  const [key, userId, type, metadata, createdAt, receivedAt, project, log, partition, offset] = row;
  return StoredActivity.rehydrate({
    project: ProjectId.trusted(project),
    id: ActivityKeyText.idOf(ActivityKeyText.trusted(key)),
    userId: UserId.trusted(userId),
    type: ActivityType.trusted(type),
    metadata: MetadataText.trusted(metadata),
    createdAt: Timestamp.trusted(createdAt),
    receivedAt: Timestamp.trusted(receivedAt),
    origin: originOf(log, partition, offset),
  });
}

const originOf = (
  log: string | null,
  partition: number | null,
  offset: number | null,
): LogPosition | undefined =>
  log === null || partition === null || offset === null
    ? undefined
    : { log: LogId.trusted(log), partition, offset };
