import {
  ActivityId,
  ActivityType,
  type JsonObject,
  MetadataText,
  StoredActivity,
  Timestamp,
  type UserActivity,
  UserId,
} from '@user-activity/domain';
import { decodeMetadata, encodeMetadata } from './metadata-codec.ts';

/** An activity in the collection `activities`. */
export interface ActivityDocument {
  readonly _id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: JsonObject;
  readonly createdAt: Date;
  readonly receivedAt: Date;
}

export function documentOf({
  id,
  userId,
  type,
  metadata,
  createdAt,
  receivedAt,
}: UserActivity): ActivityDocument {
  return {
    _id: id,
    userId,
    type,
    metadata: encodeMetadata(metadata),
    createdAt: new Date(createdAt),
    receivedAt: new Date(receivedAt),
  };
}

/** The activity that the document holds; its text is made once, here. */
export function storedOf({
  _id,
  userId,
  type,
  metadata,
  createdAt,
  receivedAt,
}: ActivityDocument): StoredActivity {
  return StoredActivity.rehydrate({
    id: ActivityId.trusted(_id),
    userId: UserId.trusted(userId),
    type: ActivityType.trusted(type),
    metadata: MetadataText.of(decodeMetadata(metadata)),
    createdAt: Timestamp.trusted(createdAt.getTime()),
    receivedAt: Timestamp.trusted(receivedAt.getTime()),
  });
}
