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

export function activityDocument(activity: UserActivity): ActivityDocument {
  return {
    _id: activity.id,
    userId: activity.userId,
    type: activity.type,
    metadata: encodeMetadata(activity.metadata),
    createdAt: new Date(activity.createdAt),
    receivedAt: new Date(activity.receivedAt),
  };
}

export function storedActivity(document: ActivityDocument): StoredActivity {
  return StoredActivity.rehydrate({
    id: ActivityId.trusted(document._id),
    userId: UserId.trusted(document.userId),
    type: ActivityType.trusted(document.type),
    metadata: MetadataText.of(decodeMetadata(document.metadata)),
    createdAt: Timestamp.trusted(document.createdAt.getTime()),
    receivedAt: Timestamp.trusted(document.receivedAt.getTime()),
  });
}
