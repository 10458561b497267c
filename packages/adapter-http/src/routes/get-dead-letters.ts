import type { FindDeadLetters } from '@user-activity/application';
import { type Clock, DeadLetterId, DeadLetterQuery } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { digestOf } from '../query/cursor.ts';
import { DeadLetterCodeJson, DeadLetterJson, deadLetterJson } from '../openapi/dead-letter-json.ts';
import { jsonType, pageBytes, textOf } from '../bodies/json-text.ts';
import { type Bounds, type ListGrammar, parsePaged } from '../query/paged-query.ts';
import { linkNext, pageOf, pageParameters, several, timeParameters } from '../query/paging.ts';
import { oneAtATime } from '../requests/one-at-a-time.ts';
import { makePage } from '../requests/page-places.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { problems } from '../openapi/schemas.ts';

const path = '/api/dead-letters';

const schema = {
  operationId: 'findDeadLetters',
  tags: ['dead letters'],
  summary: 'List what could not be stored, and why',
  description:
    'What died last comes first, or the reverse with `order=asc`, by (diedAt, id). Follow `nextCursor` or `Link: rel="next"` ' +
    'from page to page. Large parts of a record are left out, and said to be.',
  querystring: Type.Partial(
    Type.Object({
      code: several(DeadLetterCodeJson, 'Of these codes.'),
      ...timeParameters('diedAt'),
      ...pageParameters,
    }),
  ),
  response: { 200: textOf(pageOf('DeadLetterPage', DeadLetterJson)), ...problems(400, 401, 403, 503) },
};

/** `GET /api/dead-letters` */
export const getDeadLetters: FastifyPluginCallbackTypebox<{
  findDeadLetters: FindDeadLetters;
  clock: Clock;
}> = (app, { findDeadLetters, clock }, done) => {
  app.get(path, { schema, preHandler: oneAtATime }, async (request, reply) => {
    const parameters = queryParameters(request);
    const { query, after, cursorAfter } = parsePaged(parameters, clock, grammar);
    const page = await makePage(request, 'page', async () => {
      const { letters, hasMore } = await findDeadLetters({
        ...query,
        after: after && { diedAt: after.moment, id: after.id },
      });
      const last = letters.at(-1);
      const nextCursor =
        hasMore && last !== undefined ? cursorAfter({ moment: last.diedAt, id: last.id }) : null;
      linkNext(reply, path, parameters, nextCursor);
      const pagination = { limit: query.limit, nextCursor, hasMore };
      return pageBytes(letters, (letter) => JSON.stringify(deadLetterJson(letter)), pagination);
    });
    return reply.code(200).type(jsonType).send(page);
  });
  done();
};

const grammar: ListGrammar<Omit<DeadLetterQuery, 'after'>, DeadLetterId> = {
  parse: (parameters, now) => DeadLetterQuery.parse(parameters, now),
  parseId: (raw) => DeadLetterId.parse(raw),
  rangeOf: ({ filter }) => filter.diedAt,
  walkOf,
};

function walkOf({ filter, order }: Pick<DeadLetterQuery, 'filter' | 'order'>, bounds: Bounds): string {
  return digestOf(['dead letters', filter.codes, ...bounds, order]);
}
