import { defaultLimit } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { jsonContentType, makePageBytes } from '../bodies/json-text.ts';
import { pageResponseSchema, setNextLink } from '../bodies/page-body.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { activitySchema, problemResponses } from '../openapi/schemas.ts';
import { parseQueryParameters } from '../query/query-parameters.ts';
import { waitForPrevious } from '../requests/page-limits.ts';
import { pageReader } from '../requests/page-reader.ts';
import { whileWaiting } from '../requests/prefer-wait.ts';
import type { Route } from '../requests/route.ts';
import { FeedCursor } from './feed-cursor.ts';
import { feedParameterSchemas, readFeedQuery } from './feed-parameters.ts';
import { readerSlots } from './reader-slots.ts';

const schema = {
  operationId: 'readFeed',
  tags: ['activities'],
  summary: 'Poll for new activities',
  description:
    'Activities in an order in which no new activity ever appears before the position of a reader. Those of a user are in the order in which the service ' +
    'received them. So a program that keeps `nextCursor` misses nothing and gets nothing twice, however late an activity is stored and whatever its ' +
    'createdAt is. There is always a `nextCursor`, also on an empty page. If `hasMore` is true, send the next request at once: a page ends at ' +
    '`limit` activities, at 4 MiB, or after 5,000 examined activities, so it may be short or empty.',
  querystring: Type.Partial(Type.Object(feedParameterSchemas)),
  response: {
    200: pageResponseSchema('FeedPage', activitySchema, {
      pagination: namedSchema(
        'FeedPagination',
        Type.Object({
          limit: Type.Integer({ examples: [50] }),
          nextCursor: Type.String({
            description: 'The position after the page.',
            examples: ['1_0197a1c2_0_2s_0_1f'],
          }),
          hasMore: Type.Boolean({
            description: 'Whether the page ended before the end of the feed.',
            examples: [false],
          }),
        }),
      ),
      link: Type.String({
        description: 'The next page (RFC 8288), which may be empty.',
        examples: ['</api/logs/feed?limit=50&cursor=1_0197a1c2_0_2s_0_1f>; rel="next"'],
      }),
    }),
    ...problemResponses(400, 401, 403, 410, 503),
  },
};

export const getFeed: Route<'readFeed' | 'clock'> = (app, { readFeed, clock }) => {
  const config = { scope: 'read', projects: 'readable' } as const;
  app.get('/api/logs/feed', { schema, config, preHandler: waitForPrevious }, async (request, reply) => {
    const parameters = parseQueryParameters(request);
    const { waitSeconds, ...question } = readFeedQuery(request.project, parameters, clock);
    if (waitSeconds > 0) readerSlots.take(request, reply);
    const { activities, position, hasMore } = await whileWaiting(reply, waitSeconds, (until) =>
      readFeed(request.principal, {
        ...question,
        until: waitSeconds > 0 ? until : undefined,
        run: pageReader(request, 'page'),
      }),
    );
    const nextCursor = FeedCursor.text(position);
    setNextLink(reply, parameters, nextCursor);
    const limit = question.limit ?? defaultLimit;
    const body = await makePageBytes(activities, (activity) => activity.toText(), {
      limit,
      nextCursor,
      hasMore,
    });
    return reply.code(200).type(jsonContentType).send(body);
  });
};
