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
import { typeSchema, userIdSchema } from '../openapi/schemas.ts';
import { combinedReader, timeRangeReader, valuesReader } from './filter-reader.ts';
import { feedMetadataReader, metadataReader } from './metadata-parameters.ts';
import { ParameterReader, type QueryParameters } from './parameter-reader.ts';
import type { PagedList } from './read-page.ts';

const indexedFilters = {
  userIds: valuesReader('userId', userIdSchema, UserId, 'Only activities of these users.'),
  types: valuesReader(
    'type',
    typeSchema,
    ActivityType,
    'Only activities of these types. The canonical forms are compared, so `log in` finds `LOG_IN`.',
  ),
  createdAt: timeRangeReader('createdAt'),
};

/** Reads the filter of a query for activities. */
export const activityFilterReader = combinedReader<Omit<FilterParts, 'project'>>({
  ...indexedFilters,
  metadata: metadataReader,
});

/** Reads the filter of the feed, whose metadata conditions need no `userId` or `from`. */
export const feedFilterReader = combinedReader<Omit<FilterParts, 'project'>>({
  ...indexedFilters,
  metadata: feedMetadataReader,
});

/** The list of activities, for `readPage`. */
export const activityList: PagedList<Partial<Omit<FilterParts, 'project'>>, ActivityId, StoredActivity> = {
  filter: activityFilterReader,
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
  const reader = new ParameterReader(parameters, activityFilterReader.names);
  const { part } = activityFilterReader.read(reader, { now, timeZone: TimeZone.utc });
  reader.assertNoViolations();
  return ActivityFilter.of({ project, ...part });
}
