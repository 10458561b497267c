import { ActivityType } from '../activity/activity-type.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import { UserId } from '../activity/user-id.ts';
import { RuleBroken } from '../shared/violation.ts';
import { MetadataCondition } from './metadata-condition.ts';
import { maxValues, ParameterReader, type QueryParameters } from './parameter-reader.ts';
import type { TimeReference } from './query-time.ts';
import type { TimeRange } from './time-range.ts';
import { TimeZone } from './time-zone.ts';

/** Selects activities. Different filters are AND, the values of one filter are OR, and an empty filter matches all. */
export interface ActivityFilter {
  readonly userIds: readonly UserId[];
  readonly types: readonly ActivityType[];
  readonly createdAt: TimeRange;
  /** All conditions must hold; their paths differ. They need a user or a `from` as well, because no index serves them. */
  readonly metadata: readonly MetadataCondition[];
}

const metadataPrefix = 'metadata.';
const maxPaths = 10;

/** The parameter names of a filter, in the form that `ParameterReader` takes. */
export const filterParameters: readonly string[] = [
  'userId',
  'type',
  'from',
  'to',
  `${metadataPrefix}<path>`,
];

export const ActivityFilter = {
  /** Reads a query that has the parameters of a filter only. Throws INVALID_QUERY with every violation, by `/name`. */
  parse(parameters: QueryParameters, now: Timestamp): ActivityFilter {
    const reader = new ParameterReader(parameters, filterParameters);
    const filter = ActivityFilter.read(reader, { now, timeZone: TimeZone.utc });
    reader.assertSound();
    return filter;
  },
  /**
   * Reads `userId`, `type` (each up to 20 values), `from`, `to` (see `parseQueryTime`) and `metadata.<path>` (up to 10 paths, each with
   * up to 20 values; see `MetadataCondition` for paths and values).
   */
  read: (reader: ParameterReader, reference: TimeReference): ActivityFilter => ({
    createdAt: reader.timeRange(reference),
    userIds: reader.many('userId', (raw) => UserId.parse(raw)),
    types: reader.many('type', (raw) => ActivityType.parse(raw)),
    metadata: readMetadata(reader),
  }),
};

function readMetadata(reader: ParameterReader): readonly MetadataCondition[] {
  const asked = reader.beginningWith(metadataPrefix);
  const [first] = asked;
  // An invalid userId or from is a violation of its own.
  if (first !== undefined && !reader.has('userId') && !reader.has('from'))
    reader.check(first.name, () => {
      throw new RuleBroken('needs userId or from as well, to limit the search');
    });
  // Escapes allow several spellings of one path.
  const textsByPath = new Map<string, { readonly path: readonly string[]; readonly texts: string[] }>();
  for (const { name, values } of asked) {
    reader.check(name, () => {
      const path = MetadataCondition.parsePath(name.slice(metadataPrefix.length));
      const key = JSON.stringify(path);
      const texts = textsByPath.get(key)?.texts ?? [];
      textsByPath.set(key, { path, texts });
      if (textsByPath.size > maxPaths)
        throw new RuleBroken(`exceeds the limit of ${maxPaths} metadata paths`);
      if (texts.length + values.length > maxValues)
        throw new RuleBroken(`must be given at most ${maxValues} times`);
      texts.push(...values.map((value) => MetadataCondition.parseText(value)));
    });
    if (textsByPath.size > maxPaths) break;
  }
  return [...textsByPath.values()].map(({ path, texts }) => ({
    path,
    scalars: MetadataCondition.scalarsOf(texts),
  }));
}
