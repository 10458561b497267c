import { type JsonObject, MetadataText, StoredActivity } from '@user-activity/domain';

/** Adapters broken on purpose, by the promise whose cases must fail. */
export type Broken<One> = readonly (readonly [promise: string, how: string, make: () => Promise<One>])[];

/** Returns the activity with other metadata. */
export function withMetadata(activity: StoredActivity, metadata: JsonObject): StoredActivity {
  const { id, userId, type, createdAt, receivedAt } = activity;
  const text = MetadataText.trusted(JSON.stringify(metadata));
  return StoredActivity.rehydrate({ id, userId, type, metadata: text, createdAt, receivedAt });
}
