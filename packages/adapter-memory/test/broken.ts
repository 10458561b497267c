import { type JsonObject, MetadataText, StoredActivity } from '@user-activity/domain';

/** Adapters broken on purpose, by the promise that each must be caught breaking. */
export type Broken<One> = readonly (readonly [promise: string, how: string, make: () => Promise<One>])[];

/** The same activity but for its metadata. */
export function withMetadata(activity: StoredActivity, metadata: JsonObject): StoredActivity {
  const { id, userId, type, createdAt, receivedAt } = activity;
  const text = MetadataText.trusted(JSON.stringify(metadata));
  return StoredActivity.rehydrate({ id, userId, type, metadata: text, createdAt, receivedAt });
}
