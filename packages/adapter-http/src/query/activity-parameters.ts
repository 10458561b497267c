import {
  ActivityFilter,
  ActivityId,
  ActivityType,
  type FilterParts,
  type ProjectId,
  type StoredActivity,
  TimeZone,
  type Timestamp,
  UserId,
} from '@user-activity/domain';
import { TypeText, UserIdText } from '../openapi/schemas.ts';
import { allOf, rangeOf, valuesOf } from './filter-reader.ts';
import { feedMetadataConditions, metadataConditions } from './metadata-parameters.ts';
import { ParameterReader, type QueryParameters } from './parameter-reader.ts';
import type { PagedList } from './read-page.ts';

const indexedFilters = {
  userIds: valuesOf('userId', UserIdText, UserId, 'Only activities of these users.'),
  types: valuesOf('type', TypeText, ActivityType, 'Only activities of these types, in any spelling.'),
  createdAt: rangeOf('createdAt'),
};

export const activityFilter = allOf<Omit<FilterParts, 'project'>>({
  ...indexedFilters,
  metadata: metadataConditions,
});

export const feedFilter = allOf<Omit<FilterParts, 'project'>>({
  ...indexedFilters,
  metadata: feedMetadataConditions,
});

export const activityList: PagedList<Partial<Omit<FilterParts, 'project'>>, ActivityId, StoredActivity> = {
  filter: activityFilter,
  parseId: (raw) => ActivityId.parse(raw),
  positionOf: ({ createdAt, id }) => ({ moment: createdAt, id }),
  jsonOf: (activity) => activity.toText(),
  toDigest: ({ userId = [], type = [], from, to, metadata, ...newerFilters }, order) => [
    [userId, type, from, to, order, ...(metadata === undefined ? [] : [metadata])],
    newerFilters,
  ],
};

/** Reads a filter. Throws INVALID_QUERY with every violation: invalid values, and parameters that are not filters. */
export function readActivityFilter(
  project: ProjectId,
  parameters: QueryParameters,
  now: Timestamp,
): ActivityFilter {
  const reader = new ParameterReader(parameters, activityFilter.names);
  const { part } = activityFilter.read(reader, { now, timeZone: TimeZone.utc });
  reader.assertNoViolations();
  return ActivityFilter.of({ project, ...part });
}
