import {
  type JsonObject,
  MetadataText,
  type ProjectId,
  StoredActivity,
  UserActivity,
} from '@user-activity/domain';

/** Adapters that are broken on purpose. `how` completes "an adapter …". At least one case of the promise must fail for it. */
export type Broken<One> = readonly (readonly [promise: string, how: string, make: () => Promise<One>])[];

/** Returns the activity with other metadata. */
export function withMetadata(activity: StoredActivity, metadata: JsonObject): StoredActivity {
  const { project, id, userId, type, createdAt, receivedAt } = activity;
  const text = MetadataText.trusted(JSON.stringify(metadata));
  return StoredActivity.rehydrate({ project, id, userId, type, metadata: text, createdAt, receivedAt });
}

/** Returns the activity in another project. */
export function inProject(activity: UserActivity, project: ProjectId): UserActivity {
  const { id, userId, type, metadata, createdAt, receivedAt } = activity;
  return UserActivity.rehydrate({ project, id, userId, type, metadata, createdAt, receivedAt });
}
