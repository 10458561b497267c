import type { ActivityId } from '../activity/activity-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { StoredActivity } from '../activity/stored-activity.ts';
import { ActivityFilter, filterParameters } from './activity-filter.ts';
import { pageLength } from './page-end.ts';
import { type Order, ParameterReader, type QueryParameters } from './parameter-reader.ts';
import { TimeZone } from './time-zone.ts';

/** A position in a walk: right after the activity with this time and id. */
export interface Position {
  readonly createdAt: Timestamp;
  readonly id: ActivityId;
}

/** Asks for one page of a walk over the activities that match a filter. */
export interface ActivityQuery {
  readonly filter: ActivityFilter;
  readonly order: Order;
  /** The maximum number of activities in the page, 1-500. */
  readonly limit: number;
  /** The position after which the page begins; undefined for the beginning of the walk. */
  readonly after: Position | undefined;
}

/** The content of a page. */
export interface ActivityPage {
  readonly activities: readonly StoredActivity[];
  /** Whether at least one more item follows. */
  readonly hasMore: boolean;
}

export const ActivityPage: { of(found: readonly StoredActivity[], limit: number): ActivityPage } = {
  /**
   * Makes a page from the beginning of `found`, with at most `limit` activities and `maxPageBytes`. `found` must have one activity
   * more than the page, if there is one: this tells whether more follow.
   */
  of(found, limit) {
    const length = pageLength(found, limit, (activity) => activity.textBytes());
    return { activities: found.slice(0, length), hasMore: length < found.length };
  },
};

// The caller reads `cursor`. It is listed here because messages list all parameters.
const known = [...filterParameters, 'order', 'limit', 'cursor'];

export const ActivityQuery = {
  /**
   * Reads a filter (see `ActivityFilter.read`), `order` and `limit`. Nothing is clamped: a value out of range, a second value
   * of a single-valued parameter and an unknown name are violations. Ignores `cursor`, which the caller reads.
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
