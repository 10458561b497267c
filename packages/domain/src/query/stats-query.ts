import type { Timestamp } from '../activity/timestamp.ts';
import { RuleBroken } from '../shared/violation.ts';
import { ActivityFilter, filterParameters } from './activity-filter.ts';
import { ParameterReader, type QueryParameters } from './parameter-reader.ts';
import { slotMs, type TimeUnit } from './time-slots.ts';
import { TimeZone } from './time-zone.ts';

/** A field by which activities can be grouped. */
export type KeyField = 'type' | 'userId';

/** Asks how many activities there are by type, by user, or by unit of time in a time zone. */
export type StatsQuery = { readonly filter: ActivityFilter } & (
  | { readonly by: KeyField }
  | { readonly by: TimeUnit; readonly timeZone: TimeZone }
);

const known = ['by', 'timezone', ...filterParameters];

export const StatsQuery = {
  /**
   * Reads `by`, `timezone` (only with a unit of time; default: UTC) and a filter (see `ActivityFilter.read`).
   * Throws INVALID_QUERY with every violation, by `/name`.
   */
  parse(parameters: QueryParameters, now: Timestamp): StatsQuery {
    const reader = new ParameterReader(parameters, known);
    const by = reader.required('by', parseBy);
    const timeZone = reader.one('timezone', (raw) => {
      if (by === 'type' || by === 'userId')
        throw new RuleBroken('is only allowed if "by" is minute, hour, day, week or month');
      return TimeZone.parse(raw);
    });
    const filter = ActivityFilter.read(reader, { now, timeZone: timeZone ?? TimeZone.utc });
    reader.assertSound();
    if (by === undefined) throw new Error('A missing "by" was not reported as a violation.');
    return by === 'type' || by === 'userId'
      ? { filter, by }
      : { filter, by, timeZone: timeZone ?? TimeZone.utc };
  },
};

function parseBy(raw: string): KeyField | TimeUnit {
  if (raw === 'type' || raw === 'userId' || isTimeUnit(raw)) return raw;
  throw new RuleBroken('must be "type", "userId", "minute", "hour", "day", "week" or "month"');
}

const isTimeUnit = (raw: string): raw is TimeUnit => Object.hasOwn(slotMs, raw);
