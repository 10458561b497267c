import {
  ActivityFilter,
  ActivityId,
  ActivityType,
  type FilterParts,
  type StoredActivity,
  TimeZone,
  type Timestamp,
  UserId,
} from '@user-activity/domain';
import { TypeText, UserIdText } from '../openapi/schemas.ts';
import { allOf, rangeOf, valuesOf } from './filter-reader.ts';
import { metadataConditions } from './metadata-parameters.ts';
import { ParameterReader, type QueryParameters } from './parameter-reader.ts';
import type { List } from './read-page.ts';

export const activityFilter = allOf<FilterParts>({
  userIds: valuesOf('userId', UserIdText, UserId, 'Only activities of these users.'),
  types: valuesOf('type', TypeText, ActivityType, 'Only activities of these types, in any spelling.'),
  createdAt: rangeOf('createdAt'),
  metadata: metadataConditions,
});

export const activityList: List<Partial<FilterParts>, ActivityId, StoredActivity> = {
  filter: activityFilter,
  parseId: (raw) => ActivityId.parse(raw),
  placeOf: ({ createdAt, id }) => ({ moment: createdAt, id }),
  jsonOf: (activity) => activity.toText(),
  digested: ({ userId = [], type = [], from, to, metadata, ...rest }, order) => [
    [userId, type, from, to, order, ...(metadata === undefined ? [] : [metadata])],
    rest,
  ],
};

/** Throws INVALID_QUERY with every violation, also for parameters that are not filters. */
export function readActivityFilter(parameters: QueryParameters, now: Timestamp): ActivityFilter {
  const reader = new ParameterReader(parameters, activityFilter.names);
  const { part } = activityFilter.read(reader, { now, timeZone: TimeZone.utc });
  reader.assertSound();
  return ActivityFilter.of(part);
}
