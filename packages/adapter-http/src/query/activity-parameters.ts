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
import { given, type List } from './read-page.ts';

export const activityFilter = allOf<FilterParts>({
  userIds: valuesOf(
    { name: 'userId', schema: UserIdText, parse: (raw) => UserId.parse(raw) },
    'Only activities of these users.',
  ),
  types: valuesOf(
    { name: 'type', schema: TypeText, parse: (raw) => ActivityType.parse(raw) },
    'Only activities of these types. A type is made canonical, as when it is logged.',
  ),
  createdAt: rangeOf('createdAt'),
  metadata: metadataConditions,
});

export const activityList: List<Partial<FilterParts>, ActivityId, StoredActivity> = {
  filter: activityFilter,
  parseId: (raw) => ActivityId.parse(raw),
  placeOf: ({ createdAt, id }) => ({ moment: createdAt, id }),
  jsonOf: (activity) => activity.toText(),
  digested: ({ userId = [], type = [], from, to, metadata, ...others }, order) => [
    userId,
    type,
    from,
    to,
    order,
    ...(metadata === undefined ? [] : [metadata]),
    ...given(others),
  ],
};

/** Reads a query that has the parameters of a filter only. Throws INVALID_QUERY with every violation, by `/name`. */
export function readActivityFilter(parameters: QueryParameters, now: Timestamp): ActivityFilter {
  const reader = new ParameterReader(parameters, activityFilter.names);
  const parts = activityFilter.read(reader, { now, timeZone: TimeZone.utc });
  reader.assertSound();
  return ActivityFilter.of(parts);
}
