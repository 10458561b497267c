import type { ActivityId } from '../activity/activity-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { StoredActivity } from '../activity/stored-activity.ts';
import { utf8Bytes } from '../shared/json-bytes.ts';
import { ActivityFilter, filterParameters } from './activity-filter.ts';
import { pageLength } from './page-end.ts';
import { type Order, ParameterReader, type QueryParameters } from './parameter-reader.ts';
import { TimeZone } from './time-zone.ts';

/** A place between two activities: right after the named one, in the order of the walk. */
export interface Position {
  readonly createdAt: Timestamp;
  readonly id: ActivityId;
}

/** One page of a walk over the activities that a filter lets through. */
export interface ActivityQuery {
  readonly filter: ActivityFilter;
  readonly order: Order;
  /** The most activities of the page, 1-500. */
  readonly limit: number;
  /** Where the page begins; undefined is the beginning of the walk. */
  readonly after: Position | undefined;
}

/** What a page shows. */
export interface ActivityPage {
  readonly activities: readonly StoredActivity[];
  /** Whether at least one more follows. */
  readonly hasMore: boolean;
}

export const ActivityPage: { of(found: readonly StoredActivity[], limit: number): ActivityPage } = {
  /**
   * The page that begins with what was found: at most `limit` activities, and `maxPageBytes`. To tell whether more follows
   * it takes one activity beyond that, where there is one.
   */
  of(found, limit) {
    const length = pageLength(found, limit, (activity) => utf8Bytes(activity.toText()));
    return { activities: found.slice(0, length), hasMore: length < found.length };
  },
};

// The caller reads `cursor`; it is here to be named beside the others.
const known = [...filterParameters, 'order', 'limit', 'cursor'];

export const ActivityQuery = {
  /**
   * Reads a filter (see `ActivityFilter.read`), `order` and `limit`. Nothing is clamped: a value out of range, a second
   * value where one is due and an unknown name are violations. A `cursor` is for the caller to read.
   * Throws INVALID_QUERY with every violation, by `/name`.
   */
  parse(parameters: QueryParameters, now: Timestamp): Omit<ActivityQuery, 'after'> {
    const reader = new ParameterReader(parameters, known);
    const filter = ActivityFilter.read(reader, { now, timeZone: TimeZone.utc });
    const query = { filter, ...reader.page() };
    reader.assertSound();
    return query;
  },
};
