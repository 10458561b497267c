import type { ActivityFilter, MetadataCondition } from '@user-activity/domain';
import type { Filter } from 'mongodb';
import type { ActivityDocument } from './activity-document.ts';
import { encodeKey } from './metadata-codec.ts';
import { anyOf, type Range } from './ranges.ts';

/** What MongoDB is asked for: what a filter lets through, within one range of its positions. */
export function conditionsOf(
  { userIds, types, metadata }: ActivityFilter,
  { positions }: Range,
): Filter<ActivityDocument> {
  return {
    ...(userIds.length > 0 ? { userId: anyOf(userIds) } : {}),
    ...(types.length > 0 ? { type: anyOf(types) } : {}),
    ...(metadata.length > 0 ? { $and: [positions, ...metadata.map(ofMetadata)] } : positions),
  };
}

/** Natively: the domain's semantics are those of a path of MongoDB. */
function ofMetadata({ path, scalars }: MetadataCondition): Filter<ActivityDocument> {
  const field = ['metadata', ...path.map(encodeKey)].join('.');
  const others = [...scalars].filter((scalar) => scalar !== null);
  if (others.length === scalars.size) return { [field]: { $in: others } };
  // To MongoDB a member that is missing equals null, but it has no type.
  return { $or: [{ [field]: { $in: others } }, { [field]: { $type: 'null' } }] };
}
