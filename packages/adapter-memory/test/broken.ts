import { type JsonObject, Metadata, UserActivity } from '@user-activity/domain';

/** Adapters broken on purpose, by the promise that each must be caught breaking. */
export type Broken<One> = readonly (readonly [promise: string, how: string, make: () => Promise<One>])[];

/** The same activity but for its metadata. */
export function withMetadata(activity: UserActivity, metadata: JsonObject): UserActivity {
  const { id, userId, type, createdAt, receivedAt } = activity;
  return UserActivity.rehydrate({
    id,
    userId,
    type,
    createdAt,
    receivedAt,
    metadata: Metadata.trusted(metadata),
  });
}
