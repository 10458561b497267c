import type { ActivityFilter, MetadataCondition } from '@user-activity/domain';
import type { Filter } from 'mongodb';
import type { ActivityDocument } from './activity-document.ts';
import { encodeKey } from './metadata-codec.ts';
import { anyOf, type Range } from './ranges.ts';

/** Returns the query for the activities that match the filter and are in the range. */
export function activityConditions(filter: ActivityFilter, { positions }: Range): Filter<ActivityDocument> {
  const { project, userIds, types } = filter;
  const unindexed = documentConditions(filter);
  return {
    project,
    ...(userIds.length > 0 ? { userId: anyOf(userIds) } : {}),
    ...(types.length > 0 ? { type: anyOf(types) } : {}),
    ...(unindexed.length > 0 ? { $and: [positions, ...unindexed] } : positions),
  };
}

/** Returns the conditions on fields that are in no index: MongoDB reads documents to check them. */
export const documentConditions = ({ metadata }: ActivityFilter) => metadata.map(metadataCondition);

/** Returns the query for one condition. MongoDB compares the value at a path as the domain does, except for null. */
function metadataCondition({ path, scalars }: MetadataCondition): Filter<ActivityDocument> {
  const field = ['metadata', ...path.map(encodeKey)].join('.');
  const values = [...scalars].filter((scalar) => scalar !== null);
  if (values.length === scalars.size) return { [field]: { $in: values } };
  // For MongoDB, a missing member also equals null. Only a member that exists and is null has the type null.
  return { $or: [{ [field]: { $in: values } }, { [field]: { $type: 'null' } }] };
}
