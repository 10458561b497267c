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
import { activityFilter } from './activity-parameters.ts';
import { type Parameter, ParameterReader, type QueryParameters } from './parameter-reader.ts';

type Unit = KeyField | TimeUnit;

const units: readonly Unit[] = [...keyFields, ...timeUnits];

export const by: Parameter<Unit> = {
  name: 'by',
  schema: Type.Union(
    units.map((unit) => Type.Literal(unit)),
    {
      'x-component': 'StatsUnit',
      description: 'What the activities are counted by: type, user or a unit of time.',
      examples: ['day'],
    },
  ),
  parse(raw) {
    const unit = units.find((known) => known === raw);
    if (unit === undefined) throw new RuleBroken(`must be ${orList(units.map((known) => `"${known}"`))}`);
    return unit;
  },
};

export const timezone: Parameter<TimeZone> = {
  name: 'timezone',
  schema: Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$',
    // The schema has no default, because generated clients would send it even with `by=type`, which is refused.
    description: 'A zone of the IANA database. Only for units of time. Default: UTC.',
    examples: ['Europe/Berlin'],
  }),
  parse: (raw) => TimeZone.parse(raw),
};

/** Reads a query for statistics. Throws INVALID_QUERY with every violation. Relative times count back from `now`. */
export function readStatsQuery(project: ProjectId, parameters: QueryParameters, now: Timestamp): StatsQuery {
  const reader = new ParameterReader(parameters, [by.name, timezone.name, ...activityFilter.names]);
  const unit = reader.required(by);
  const zone = reader.one({
    name: timezone.name,
    parse(raw) {
      if (isKeyField(unit)) throw new RuleBroken(`is only allowed if "by" is ${orList(timeUnits)}`);
      return timezone.parse(raw);
    },
  });
  const timeZone = zone ?? TimeZone.utc;
  const { part } = activityFilter.read(reader, { now, timeZone });
  reader.assertNoViolations();
  if (unit === undefined) throw new Error('A missing "by" was not reported as a violation.');
  const filter = ActivityFilter.of({ project, ...part });
  return isKeyField(unit) ? { filter, by: unit } : { filter, by: unit, timeZone };
}

const isKeyField = (unit: Unit | undefined): unit is KeyField => unit === 'type' || unit === 'userId';

const orList = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
