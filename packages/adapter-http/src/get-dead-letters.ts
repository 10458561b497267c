import type { FindDeadLetters } from '@user-activity/application';
import { DeadLetterId, DeadLetterQuery } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { cursorAfter, digestOf, parseCursor } from './cursor.ts';
import { DeadLetterCodeJson, DeadLetterJson, deadLetterJson } from './dead-letter-json.ts';
import { jsonType, listText, textOf } from './json-text.ts';
import { linkNext, pageOf, pageParameters, parsePaged, several, timeParameters } from './paging.ts';
import { queryParameters } from './query-parameters.ts';
import { problems } from './schemas.ts';

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
  response: { 200: textOf(pageOf(DeadLetterJson)), ...problems(400, 401, 403, 503) },
};

/** `GET /api/dead-letters` */
export const getDeadLetters: FastifyPluginCallbackTypebox<{ findDeadLetters: FindDeadLetters }> = (
  app,
  { findDeadLetters },
  done,
) => {
  app.get(path, { schema }, async (request, reply) => {
    const parameters = queryParameters(request);
    const query = parsePaged(
      parameters,
      (given) => DeadLetterQuery.parse(given),
      (cursor, asked) => {
        const { moment, id } = parseCursor(cursor, walkOf(asked), (raw) => DeadLetterId.parse(raw));
        return { diedAt: moment, id };
      },
    );
    const { letters, hasMore } = await findDeadLetters(query);
    const last = letters.at(-1);
    const nextCursor =
      hasMore && last !== undefined ? cursorAfter({ moment: last.diedAt, id: last.id }, walkOf(query)) : null;
    linkNext(reply, path, parameters, nextCursor);
    const data = await listText(letters, (letter) => JSON.stringify(deadLetterJson(letter)));
    const pagination = JSON.stringify({ limit: query.limit, nextCursor, hasMore });
    return reply.code(200).type(jsonType).send(`{"data":${data},"pagination":${pagination}}`);
  });
  done();
};

function walkOf({ filter, order }: Pick<DeadLetterQuery, 'filter' | 'order'>): string {
  const { codes, diedAt } = filter;
  return digestOf(['dead letters', codes, diedAt.from, diedAt.to, order]);
}
