import type { FindActivities } from '@user-activity/application';
import {
  ActivityQuery,
  DomainError,
  isDomainError,
  type Position,
  type QueryParameters,
  RuleBroken,
  type Violation,
} from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { cursorAfter, parseCursor } from './cursor.ts';
import { queryParameters } from './query-parameters.ts';
import { Activity, problems } from './schemas.ts';

const several = (description: string) => Type.Array(Type.String(), { maxItems: 20, description });

const schema = {
  operationId: 'findActivities',
  tags: ['activities'],
  summary: 'Find activities',
  description:
    'Newest first, or oldest first with `order=asc`, by (createdAt, id). Different filters are AND, repeated values of one ' +
    'are OR. Follow `nextCursor` or `Link: rel="next"` from page to page; a walk neither skips nor repeats.',
  querystring: Type.Partial(
    Type.Object({
      userId: several('Of these users.'),
      type: several('Of these types, which are made canonical as when writing.'),
      from: Type.String({ format: 'date-time', description: 'createdAt at or after.' }),
      to: Type.String({ format: 'date-time', description: 'createdAt before.' }),
      order: Type.Union([Type.Literal('desc'), Type.Literal('asc')], { default: 'desc' }),
      limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
      cursor: Type.String({
        description: 'The `nextCursor` of the page before, of the same filter and order.',
      }),
    }),
  ),
  response: {
    200: Type.Object({
      data: Type.Array(Activity),
      pagination: Type.Object({
        limit: Type.Integer(),
        nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page.' }),
        hasMore: Type.Boolean(),
      }),
    }),
    ...problems(400, 401, 503),
  },
};

/** `GET /api/logs` */
export const getLogs: FastifyPluginCallbackTypebox<{ findActivities: FindActivities }> = (
  app,
  { findActivities },
  done,
) => {
  app.get('/api/logs', { schema }, async (request, reply) => {
    const parameters = queryParameters(request);
    const query = parseQuery(parameters);
    const { activities, hasMore } = await findActivities(query);
    const last = activities.at(-1);
    const nextCursor = hasMore && last !== undefined ? cursorAfter(last, query) : null;
    if (nextCursor !== null) reply.header('link', `<${pageUrl(parameters, nextCursor)}>; rel="next"`);
    return reply.code(200).send({
      data: activities.map((activity) => activity.toJSON()),
      pagination: { limit: query.limit, nextCursor, hasMore },
    });
  });
  done();
};

/** The question with its cursor. Throws INVALID_QUERY with every violation, those of the cursor among them. */
function parseQuery({ cursor = [], ...parameters }: QueryParameters): ActivityQuery {
  const violations: Violation[] = [];
  let query: Omit<ActivityQuery, 'after'> | undefined;
  try {
    query = ActivityQuery.parse(parameters);
  } catch (error) {
    if (!isDomainError(error, 'INVALID_QUERY')) throw error;
    violations.push(...error.violations);
  }
  let after: Position | undefined;
  try {
    const [raw, ...more] = cursor;
    if (more.length > 0) throw new RuleBroken('must be given once');
    // Of a question that can't be read nobody knows whether the cursor belongs to it.
    if (raw !== undefined && query !== undefined) after = parseCursor(raw, query);
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    violations.push({ path: '/cursor', message: error.message });
  }
  if (query === undefined || violations.length > 0)
    throw new DomainError('INVALID_QUERY', 'The query breaks a rule.', { violations });
  return { ...query, after };
}

/** Relative to the host, which behind a proxy is another than ours. */
function pageUrl(parameters: QueryParameters, cursor: string): string {
  const next = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters))
    if (name !== 'cursor') for (const value of values) next.append(name, value);
  next.append('cursor', cursor);
  return `/api/logs?${next.toString()}`;
}
