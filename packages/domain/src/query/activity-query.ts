import type { ActivityId } from '../activity/activity-id.ts';
import { ActivityType } from '../activity/activity-type.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { UserActivity } from '../activity/user-activity.ts';
import { UserId } from '../activity/user-id.ts';
import { type Order, ParameterReader, type QueryParameters } from './parameter-reader.ts';
import type { TimeRange } from './time-range.ts';

/** A place between two activities: right after the named one, in the order of the walk. */
export interface Position {
  readonly createdAt: Timestamp;
  readonly id: ActivityId;
}

/** Which activities are asked for. Different filters are AND, the values of one are OR, an empty one does not bind. */
export interface ActivityFilter {
  readonly userIds: readonly UserId[];
  readonly types: readonly ActivityType[];
  readonly createdAt: TimeRange;
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
  readonly activities: readonly UserActivity[];
  /** Whether at least one more follows. */
  readonly hasMore: boolean;
}

/** The names of the parameters that filter. */
export const filterParameters: readonly string[] = ['userId', 'type', 'from', 'to'];

/** The filter among the parameters of a question; its faults are noted. */
export const filterIn = (reader: ParameterReader): ActivityFilter => ({
  createdAt: reader.timeRange(),
  userIds: reader.many('userId', (raw) => UserId.parse(raw)),
  types: reader.many('type', (raw) => ActivityType.parse(raw)),
});

const known: ReadonlySet<string> = new Set([...filterParameters, 'order', 'limit']);

export const ActivityQuery = {
  /**
   * Reads `userId`, `type` (each up to 20 values), `from`, `to` (RFC 3339), `order` and `limit`. Nothing is clamped: a
   * value out of range, a second value where one is due and an unknown name are violations.
   * Throws INVALID_QUERY with every violation, by `/name`.
   */
  parse(parameters: QueryParameters): Omit<ActivityQuery, 'after'> {
    const reader = new ParameterReader(parameters, known);
    const query = { filter: filterIn(reader), ...reader.page() };
    reader.assertSound();
    return query;
  },
};
