import {
  ActivityKeyText,
  type LogPosition,
  MetadataText,
  StoredActivity,
  type UserActivity,
} from '@user-activity/domain';
import type { ActivityRow } from '../protocol/rows.ts';

export function activityRow(activity: UserActivity, origin: LogPosition | undefined): ActivityRow {
  const { project, userId, type, createdAt, receivedAt } = activity;
  const metadata = MetadataText.of(activity.metadata);
  const { log = null, partition = null, offset = null } = origin ?? {};
  const key = ActivityKeyText.of(activity);
  return [key, userId, type, metadata, createdAt, receivedAt, project, log, partition, offset];
}

export function activityFromRow(row: ActivityRow): StoredActivity {
  const [key, userId, type, metadata, createdAt, receivedAt, project, log, partition, offset] = row;
  const origin =
    log === null || partition === null || offset === null ? undefined : { log, partition, offset };
  return StoredActivity.trusted({ key, project, userId, type, metadata, createdAt, receivedAt, origin });
}
