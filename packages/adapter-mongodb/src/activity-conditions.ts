import type { ActivityFilter, MetadataCondition } from '@user-activity/domain';
import type { Filter } from 'mongodb';
import type { ActivityDocument } from './activity-document.ts';
import { encodeKey } from './metadata-codec.ts';
import { anyOf, type Range } from './ranges.ts';

/** Returns the query for the activities that match the filter, within one range of its positions. */
export function activityConditions(filter: ActivityFilter, { positions }: Range): Filter<ActivityDocument> {
  const { userIds, types } = filter;
  const others = documentConditions(filter);
  return {
    ...(userIds.length > 0 ? { userId: anyOf(userIds) } : {}),
    ...(types.length > 0 ? { type: anyOf(types) } : {}),
    ...(others.length > 0 ? { $and: [positions, ...others] } : positions),
  };
}

/**
 * Returns the conditions on fields that are in no index. MongoDB has to read documents to check them. A new filter belongs here,
 * or into `activityConditions` if it has an index.
 */
export const documentConditions = ({ metadata }: ActivityFilter): readonly Filter<ActivityDocument>[] =>
  metadata.map(metadataCondition);

/** A path in MongoDB means what it means in the domain, so no translation is needed but for null. */
function metadataCondition({ path, scalars }: MetadataCondition): Filter<ActivityDocument> {
  const field = ['metadata', ...path.map(encodeKey)].join('.');
  const values = [...scalars].filter((scalar) => scalar !== null);
  if (values.length === scalars.size) return { [field]: { $in: values } };
  // In MongoDB a missing member equals null, but it has no type.
  return { $or: [{ [field]: { $in: values } }, { [field]: { $type: 'null' } }] };
}
