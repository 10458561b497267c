import {
  ActivityKeyText,
  type JsonObject,
  type LogPosition,
  MetadataText,
  ProjectId,
  StoredActivity,
  type UserActivity,
} from '@user-activity/domain';
import { decodeMetadata, encodeMetadata } from './metadata-codec.ts';

/** The position of the activity's record on the log. The driver stores offsets up to 2^53 - 1 exactly. */
export interface OriginDocument {
  readonly log: string;
  readonly partition: number;
  readonly offset: number;
}

/** An activity in the collection `activities`. */
export interface ActivityDocument {
  /** The activity's `ActivityKeyText`. */
  readonly _id: string;
  /** Absent in documents of versions without projects, until the migration. */
  readonly project?: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: JsonObject;
  readonly createdAt: Date;
  readonly receivedAt: Date;
  /** Absent in documents of versions that kept no origins. */
  readonly origin?: OriginDocument;
}

/** Converts an activity to its document. `metadata` is the encoded metadata, if the caller has it already. */
export function activityDocument(
  activity: UserActivity,
  origin?: LogPosition,
  metadata: JsonObject = encodeMetadata(activity.metadata),
): ActivityDocument {
  const { project, userId, type } = activity;
  const _id = ActivityKeyText.of(activity);
  const [createdAt, receivedAt] = [new Date(activity.createdAt), new Date(activity.receivedAt)];
  return origin === undefined
    ? { _id, project, userId, type, metadata, createdAt, receivedAt }
    : { _id, project, userId, type, metadata, createdAt, receivedAt, origin };
}

export function activityFromDocument(document: ActivityDocument): StoredActivity {
  const { _id, userId, type, createdAt, receivedAt, origin } = document;
  return StoredActivity.trusted({
    key: _id,
    project: projectOf(document),
    userId,
    type,
    metadata: MetadataText.of(decodeMetadata(document.metadata)),
    createdAt: createdAt.getTime(),
    receivedAt: receivedAt.getTime(),
    origin,
  });
}

/** Returns the project of an activity or a dead letter. */
export const projectOf = ({ project }: { readonly project?: string }): ProjectId =>
  project === undefined ? ProjectId.default : ProjectId.trusted(project);
