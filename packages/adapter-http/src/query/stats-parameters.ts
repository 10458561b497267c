import {
  ActivityFilter,
  type KeyField,
  keyFields,
  type ProjectId,
  RuleBroken,
  type StatsQuery,
  type Timestamp,
  TimeZone,
  type TimeUnit,
  timeUnits,
} from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { activityFilterReader } from './activity-parameters.ts';
import { type Parameter, ParameterReader, type QueryParameters } from './parameter-reader.ts';

/** What activities are counted by: a field, a unit of time, or a unit of time and a field (`series`). */
type Unit = { readonly field: KeyField } | { readonly time: TimeUnit; readonly series?: KeyField };

/** The units by their names in the query string. */
const units: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ...keyFields.map((field) => [field, { field }] as const),
  ...timeUnits.map((time) => [time, { time }] as const),
  ...timeUnits.flatMap((time) => keyFields.map((series) => [`${time},${series}`, { time, series }] as const)),
]);
const singleUnits = [...keyFields, ...timeUnits].map((name) => `"${name}"`);

export const byParameter: Parameter<Unit> = {
  name: 'by',
  schema: Type.Union(
    [...units.keys()].map((name) => Type.Literal(name)),
    {
      'x-component': 'StatsUnit',
      description:
        'What the activities are counted by: type, user or a unit of time, or a unit of time and then type or user.',
      examples: ['day', 'hour,type'],
    },
  ),
  parse(raw) {
    const unit = units.get(raw);
    if (unit === undefined)
      throw new RuleBroken(
        `must be ${orList(singleUnits)}, or a unit of time and a field, such as "hour,type"`,
      );
    return unit;
  },
};

export const timeZoneParameter: Parameter<TimeZone> = {
  name: 'timezone',
  schema: Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$',
    // The schema has no default, because generated clients would send it even with `by=type`, which is refused.
    description: 'A time zone of the IANA database. Allowed only if `by` has a unit of time. Default: UTC.',
    examples: ['Europe/Berlin'],
  }),
  parse: (raw) => TimeZone.parse(raw),
};

/** Reads a query for statistics. Throws INVALID_QUERY with every violation. Relative times count back from `now`. */
export function readStatsQuery(project: ProjectId, parameters: QueryParameters, now: Timestamp): StatsQuery {
  const reader = new ParameterReader(parameters, [
    byParameter.name,
    timeZoneParameter.name,
    ...activityFilterReader.names,
  ]);
  const unit = reader.required(byParameter);
  const zone = reader.one({
    name: timeZoneParameter.name,
    parse(raw) {
      if (unit !== undefined && 'field' in unit)
        throw new RuleBroken(`is only allowed if "by" has ${orList(timeUnits)}`);
      return timeZoneParameter.parse(raw);
    },
  });
  const timeZone = zone ?? TimeZone.utc;
  const { part } = activityFilterReader.read(reader, { now, timeZone });
  reader.assertNoViolations();
  if (unit === undefined) throw new Error('A missing "by" was not reported as a violation.');
  const filter = ActivityFilter.of({ project, ...part });
  if ('field' in unit) return { filter, by: unit.field };
  const { time, ...series } = unit;
  return { filter, by: time, timeZone, ...series };
}

/** Returns the value of the parameter `by` that means the same as a query. */
export const unitNameOf = (query: StatsQuery): string =>
  'series' in query && query.series !== undefined ? `${query.by},${query.series}` : query.by;

const orList = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
