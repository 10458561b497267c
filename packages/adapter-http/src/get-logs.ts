import type { FindActivities } from '@user-activity/application';
import { ActivityId, ActivityQuery } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { cursorAfter, digestOf, parseCursor } from './cursor.ts';
import { filterParameters } from './filter-parameters.ts';
import { linkNext, pageOf, pageParameters, parsePaged } from './paging.ts';
import { queryParameters } from './query-parameters.ts';
import { Activity, problems } from './schemas.ts';

const schema = {
  operationId: 'findActivities',
  tags: ['activities'],
  summary: 'Find activities',
  description:
    'Newest first, or oldest first with `order=asc`, by (createdAt, id). Different filters are AND, repeated values of one ' +
    'are OR. Follow `nextCursor` or `Link: rel="next"` from page to page; a walk neither skips nor repeats.',
  querystring: Type.Partial(Type.Object({ ...filterParameters, ...pageParameters })),
  response: { 200: pageOf(Activity), ...problems(400, 401, 503) },
};

/** `GET /api/logs` */
export const getLogs: FastifyPluginCallbackTypebox<{ findActivities: FindActivities }> = (
  app,
  { findActivities },
  done,
) => {
  app.get('/api/logs', { schema }, async (request, reply) => {
    const parameters = queryParameters(request);
    const query = parsePaged(
      parameters,
      (given) => ActivityQuery.parse(given),
      (cursor, asked) => {
        const { moment, id } = parseCursor(cursor, walkOf(asked), (raw) => ActivityId.parse(raw));
        return { createdAt: moment, id };
      },
    );
    const { activities, hasMore } = await findActivities(query);
    const last = activities.at(-1);
    const nextCursor =
      hasMore && last !== undefined
        ? cursorAfter({ moment: last.createdAt, id: last.id }, walkOf(query))
        : null;
    linkNext(reply, '/api/logs', parameters, nextCursor);
    return reply.code(200).send({
      data: activities.map((activity) => activity.toJSON()),
      pagination: { limit: query.limit, nextCursor, hasMore },
    });
  });
  done();
};

function walkOf({ filter, order }: Pick<ActivityQuery, 'filter' | 'order'>): string {
  const { userIds, types, createdAt, metadata } = filter;
  const conditions = metadata.map(({ path, scalars }) =>
    JSON.stringify([path, [...scalars].map((scalar) => JSON.stringify(scalar)).toSorted()]),
  );
  // Without any, cursors are those of versions that knew none.
  const more = conditions.length > 0 ? [conditions] : [];
  return digestOf([userIds, types, createdAt.from, createdAt.to, order, ...more]);
}
