import type { ExportReadOptions } from '@user-activity/application';
import {
  ActivityFilter,
  ActivityId,
  type Clock,
  type Position,
  type ProjectId,
  RuleBroken,
  TimeZone,
  Timestamp,
  unlessBroken,
} from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { exampleId } from '../openapi/schemas.ts';
import { activityFilterReader } from '../query/activity-parameters.ts';
import { type Parameter, ParameterReader, type QueryParameters } from '../query/parameter-reader.ts';
import { orderParameter } from '../query/read-page.ts';
import { type ExportFormat, exportFormats } from './export-format.ts';

const formatParameter: Parameter<ExportFormat> = {
  name: 'format',
  schema: Type.Union(
    exportFormats.map((format) => Type.Literal(format)),
    {
      default: 'ndjson',
      description: '`ndjson`: one activity as JSON on each line. `csv`: RFC 4180, in UTF-8.',
    },
  ),
  parse(raw) {
    const format = exportFormats.find((known) => known === raw);
    if (format === undefined) throw new RuleBroken('must be "ndjson" or "csv", in lower case');
    return format;
  },
};

const exampleAfter = `2026-11-24T13:27:40.628Z~${exampleId}`;

const afterParameter: Parameter<Position> = {
  name: 'after',
  schema: Type.String({
    pattern: '^[^~]+~[\\x21-\\x7e]{1,128}$',
    description:
      'Continues an export: the `createdAt` and the `id` of the last line that you have, joined by `~`. That activity may ' +
      'have been removed since. Send the same filter and order again, with absolute times. With `after`, CSV has no header.',
    examples: [exampleAfter],
  }),
  parse(raw) {
    const end = raw.indexOf('~');
    const position = unlessBroken(() => ({
      createdAt: Timestamp.parse(raw.slice(0, Math.max(0, end))),
      id: ActivityId.parse(raw.slice(end + 1)),
    }));
    if (position === undefined)
      throw new RuleBroken(
        `must be the createdAt and the id of the last line that you have, as in ${exampleAfter}; percent-encode the id in the URL`,
      );
    return position;
  },
};

/** The OpenAPI schemas of the parameters of an export, by name. */
export const exportParameterSchemas = {
  ...activityFilterReader.schemas,
  [orderParameter.name]: Type.Union([Type.Literal('asc'), Type.Literal('desc')], {
    default: 'asc',
    description: '`asc`: the oldest first. `desc`: the newest first.',
  }),
  [formatParameter.name]: formatParameter.schema,
  [afterParameter.name]: afterParameter.schema,
};

const parameterNames = [
  ...activityFilterReader.names,
  ...[orderParameter, formatParameter, afterParameter].map(({ name }) => name),
];

/** A client's request for an export. */
export interface ExportRequest extends Omit<ExportReadOptions, 'run'> {
  readonly format: ExportFormat;
}

/**
 * Reads the query of an export. Throws INVALID_QUERY with every violation. With `after`, a relative time is a violation too: it would mean
 * another moment than in the export that is continued, so activities could be missing.
 */
export function readExportQuery(
  project: ProjectId,
  parameters: QueryParameters,
  clock: Clock,
): ExportRequest {
  const reader = new ParameterReader(parameters, parameterNames);
  const { part, canonical } = activityFilterReader.read(reader, { now: clock.now(), timeZone: TimeZone.utc });
  const request = {
    order: reader.one(orderParameter) ?? 'asc',
    format: reader.one(formatParameter) ?? 'ndjson',
    after: reader.one(afterParameter),
  };
  for (const name of ['from', 'to'])
    if (reader.has(afterParameter.name) && typeof canonical[name] === 'string')
      reader.addViolation(
        name,
        'must be an absolute time together with "after": a relative time has another meaning in each request',
      );
  reader.assertNoViolations();
  return { ...request, filter: ActivityFilter.of({ project, ...part }) };
}
