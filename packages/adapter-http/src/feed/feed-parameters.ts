import type { FeedReadOptions } from '@user-activity/application';
import {
  ActivityFilter,
  type Clock,
  type FeedPosition,
  type ProjectId,
  RuleBroken,
  TimeZone,
} from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { feedFilterReader } from '../query/activity-parameters.ts';
import { FeedCursor } from './feed-cursor.ts';
import { type Parameter, ParameterReader, type QueryParameters } from '../query/parameter-reader.ts';
import { limitParameter } from '../query/read-page.ts';

const maxWaitSeconds = 30;

const cursorParameter: Parameter<FeedPosition> = {
  name: 'cursor',
  schema: Type.String({
    minLength: 1,
    description:
      'The `nextCursor` of the previous page, or the id of an event of the stream. It never expires, and is valid with any filter.',
    examples: ['1_0197a1c2_0_2s_0_1f'],
  }),
  parse: (raw) => FeedCursor.parse(raw),
};

const waitParameter: Parameter<number> = {
  name: 'wait',
  schema: Type.Integer({
    minimum: 0,
    maximum: maxWaitSeconds,
    default: 0,
    description: 'How many seconds to wait if there is nothing to return yet.',
  }),
  parse(raw) {
    if (!/^\d{1,2}$/.test(raw) || Number(raw) > maxWaitSeconds)
      throw new RuleBroken(`must be a whole number of seconds from 0 to ${maxWaitSeconds}`);
    return Number(raw);
  },
};

/** The OpenAPI schemas of the parameters of a stream, by name. */
export const streamParameterSchemas = {
  ...feedFilterReader.schemas,
  from: Type.String({
    description:
      'Only activities whose `createdAt` is at or after this time, as in `GET /api/logs`. `now` has no effect, because a stream without a position ' +
      'begins at the end anyway.',
    examples: ['2026-11-01T00:00:00Z', '2026-11-01', '-24h'],
  }),
  [cursorParameter.name]: cursorParameter.schema,
};

/** The OpenAPI schemas of the parameters of a page, by name. */
export const feedParameterSchemas = {
  ...streamParameterSchemas,
  from: Type.String({
    description:
      'With `now` and without a cursor, the page begins at the end of the feed. Any other value: only activities whose `createdAt` is at or after this time, as in `GET /api/logs`.',
    examples: ['now', '2026-11-01T00:00:00Z'],
  }),
  [limitParameter.name]: limitParameter.schema,
  [waitParameter.name]: waitParameter.schema,
};

/** Which activities of the feed a client wants, and where they begin. */
type Selection = Pick<FeedReadOptions, 'filter' | 'after'>;

/** A client's request for a page of the feed. */
export interface FeedRequest extends Selection {
  readonly limit: number | undefined;
  readonly waitSeconds: number;
}

/**
 * Reads the query of a page. The page begins after the cursor. Without a cursor, it begins at the beginning or the end of the feed. Throws
 * INVALID_QUERY with every violation.
 */
export function readFeedQuery(project: ProjectId, parameters: QueryParameters, clock: Clock): FeedRequest {
  const { reader, cursor, beginsAtEnd, finish } = readSelection(parameters, clock, [
    limitParameter,
    waitParameter,
  ]);
  const limit = reader.one(limitParameter);
  const waitSeconds = reader.one(waitParameter) ?? 0;
  return { ...finish(project, cursor ?? (beginsAtEnd ? 'end' : 'beginning')), limit, waitSeconds };
}

/**
 * Reads the query of a stream. The stream begins after the event with the last id, or else after the cursor, or else at the end of the
 * feed. Throws INVALID_QUERY with every violation.
 */
export function readStreamQuery(
  project: ProjectId,
  parameters: QueryParameters,
  lastEventId: string,
  clock: Clock,
): Selection {
  const { reader, cursor, finish } = readSelection(parameters, clock, []);
  const last =
    lastEventId === '' ? undefined : reader.check('Last-Event-ID', () => FeedCursor.parse(lastEventId));
  return finish(project, last ?? cursor ?? 'end');
}

function readSelection(
  parameters: QueryParameters,
  clock: Clock,
  more: readonly { readonly name: string }[],
) {
  const { from: times = [], ...others } = parameters;
  // `now` is not a time here: as a time, it would leave out everything that was created before.
  const beginsAtEnd = times.length === 1 && times[0] === 'now';
  const reader = new ParameterReader(beginsAtEnd ? others : parameters, [
    ...feedFilterReader.names,
    ...[cursorParameter, ...more].map(({ name }) => name),
  ]);
  const { part } = feedFilterReader.read(reader, { now: clock.now(), timeZone: TimeZone.utc });
  return {
    reader,
    cursor: reader.one(cursorParameter),
    beginsAtEnd,
    finish: (project: ProjectId, after: FeedReadOptions['after']): Selection => {
      reader.assertNoViolations();
      return { filter: ActivityFilter.ofFeed({ project, ...part }), after };
    },
  };
}
