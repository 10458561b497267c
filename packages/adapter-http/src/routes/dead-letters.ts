import { Type } from '@sinclair/typebox';
import {
  DeadLetterFilter,
  DeadLetterId,
  DeadLetterQuery,
  isOfEdge,
  RuleBroken,
  Violations,
} from '@user-activity/domain';
import { bodyOf } from '../bodies/json-body.ts';
import { jsonContentType } from '../bodies/json-text.ts';
import { isMembers } from '../bodies/members.ts';
import { makePageBody, pageResponseSchema } from '../bodies/page-body.ts';
import { refuseMembers } from '../bodies/refuse-members.ts';
import { turns } from '../bodies/turns.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { deadLetterIdSchema, deadLetterSchema } from '../openapi/dead-letter-json.ts';
import { problemResponses } from '../openapi/schemas.ts';
import { deadLetterList } from '../query/dead-letter-parameters.ts';
import { parseQueryParameters, refuseParameters } from '../query/query-parameters.ts';
import { pageParameterSchemas, readPage } from '../query/read-page.ts';
import { inputTooLarge, itemBodyLimit } from '../requests/input-limits.ts';
import { makePage, waitForPrevious } from '../requests/page-limits.ts';
import { Problem, rulesBroken } from '../requests/problem.ts';
import { runLimitedSearch } from '../requests/request-usage.ts';
import type { AddRoute, Route } from '../requests/route.ts';

const findDeadLettersSchema = {
  operationId: 'findDeadLetters',
  tags: ['dead letters'],
  summary: 'List the records that could not be stored, with the reasons',
  description:
    'The newest come first, or the oldest with `order=asc`, by (diedAt, id). Follow `nextCursor` or `Link: rel="next"` to the next ' +
    'page. Large parts of a record are left out; `omitted` names them.',
  querystring: Type.Partial(Type.Object({ ...deadLetterList.filter.schemas, ...pageParameterSchemas })),
  response: {
    200: pageResponseSchema('DeadLetterPage', deadLetterSchema),
    ...problemResponses(400, 401, 403, 503),
  },
};

// Dead letters of `_system` are read and replayed like all others.
const config = { scope: 'dead-letters', projects: 'readable' } as const;

const getDeadLetters: Route<'findDeadLetters' | 'clock'> = (app, { findDeadLetters, clock }) => {
  app.get(
    '/api/dead-letters',
    { schema: findDeadLettersSchema, config, preHandler: waitForPrevious },
    async (request, reply) => {
      const page = readPage(deadLetterList, request.project, parseQueryParameters(request), clock);
      const { order, limit, after } = page;
      const query = DeadLetterQuery.of({
        filter: DeadLetterFilter.of({ project: request.project, ...page.filter }),
        order,
        limit,
        after: after && { diedAt: after.moment, id: after.id },
      });
      const body = await makePage(request, 'page', async () => {
        const { letters, hasMore } = await runLimitedSearch(request, () =>
          findDeadLetters(request.principal, query),
        );
        return makePageBody(reply, page, letters, hasMore);
      });
      return reply.code(200).type(jsonContentType).send(body);
    },
  );
};

const replayDeadLettersSchema = {
  operationId: 'replayDeadLetters',
  tags: ['dead letters'],
  summary: 'Replay dead letters, which sends their records to the log again',
  description:
    'Replays the dead letters with the given `ids`. With `{"all": true}`, replays all dead letters that existed before the request. ' +
    'The response is 202 once the log holds the records again. A dead letter with the code `invalid` cannot be replayed: `all` skips it, and if `ids` has ' +
    'its id, the response is 422. You can send the request again after a 503 or a lost response: unknown ids are ignored, and no activity is ' +
    'stored twice. During another replay, the response is 409.',
  body: Type.Unsafe<unknown>(
    Type.Union(
      [
        Type.Object(
          { all: Type.Literal(true, { description: 'All dead letters that existed before the request.' }) },
          { additionalProperties: false },
        ),
        Type.Object(
          {
            ids: Type.Array(deadLetterIdSchema, {
              minItems: 1,
              description: 'The ids of the dead letters.',
              examples: [['user-activity:3:1042']],
            }),
          },
          { additionalProperties: false },
        ),
      ],
      { 'x-component': 'ReplayRequest' },
    ),
  ),
  response: {
    202: namedSchema(
      'ReplayReceipt',
      Type.Object({
        replayed: Type.Integer({ description: 'The number of records that the log holds again.' }),
        tooLarge: Type.Optional(
          Type.Integer({
            description:
              'The number of dead letters that were too large for the log. Absent if there were none.',
          }),
        ),
        more: Type.Optional(
          Type.Boolean({
            description:
              'True if the time ran out before the last dead letter. Send the request again for the rest.',
          }),
        ),
      }),
    ),
    ...problemResponses(400, 401, 403, 409, 413, 415, 422, 503),
  },
};

// A replay takes at most 20 s, and usually less than 5 s.
const retryAfterSeconds = '5';

const postReplay: Route<'replayDeadLetters' | 'maxBatchSize'> = (
  app,
  { replayDeadLetters, maxBatchSize },
) => {
  app.post(
    '/api/dead-letters/replay',
    {
      schema: replayDeadLettersSchema,
      config,
      bodyLimit: itemBodyLimit(app),
      onRequest: refuseParameters,
    },
    async (request, reply) => {
      const which = await idsIn(bodyOf(request), maxBatchSize);
      const receipt = await runLimitedSearch(request, () =>
        replayDeadLetters(request.principal, request.project, which),
      );
      if (receipt === 'under way')
        throw new Problem(
          409,
          'Another replay is in progress. Nothing was replayed; send the request again later.',
          { headers: { 'retry-after': retryAfterSeconds } },
        );
      const { replayed, tooLarge: oversized, more } = receipt;
      const optional = { ...(oversized === 0 ? {} : { tooLarge: oversized }), ...(more ? { more } : {}) };
      return reply.code(202).send({ replayed, ...optional });
    },
  );
};

/** Returns the ids in the body, or `all` if it has no ids. Throws 422 with every violation of the body. */
async function idsIn(body: unknown, maxIds: number): Promise<readonly DeadLetterId[] | 'all'> {
  const violations = new Violations();
  const { all, ids, ...unknown } = isMembers(body) ? body : {};
  refuseMembers(unknown, violations);
  const parsed = ids === undefined ? 'all' : await parseIds(ids, maxIds, violations);
  if (!isMembers(body)) violations.add('', 'must be a JSON object');
  else if (all === undefined && ids === undefined) violations.add('', 'must have "all": true, or "ids"');
  else if (all !== undefined && ids !== undefined)
    violations.add('/all', 'must not be given together with "ids"');
  else if (all !== undefined && all !== true) violations.add('/all', 'must be true');
  if (violations.list.length > 0) throw rulesBroken('Nothing was replayed.', violations.list);
  return parsed;
}

/** Parses ids, and lets other requests run in between: 20 requests with 10,000 ids each blocked the process for most of a second. */
async function parseIds(raw: unknown, maxIds: number, violations: Violations) {
  const items: readonly unknown[] = Array.isArray(raw) ? raw : [];
  if (items.length > maxIds)
    throw inputTooLarge(`A request replays at most ${maxIds} dead letters by their ids.`);
  if (!Array.isArray(raw)) violations.add('/ids', 'must be a JSON array');
  else if (items.length === 0)
    violations.add('/ids', 'must hold at least one id; send "all": true to replay all');
  const parsed: DeadLetterId[] = [];
  const turn = turns.begin();
  for (const [index, item] of items.entries()) {
    if (violations.full) break;
    const id = violations.check(`/ids/${index}`, () => parseId(item));
    if (id !== undefined) parsed.push(id);
    if (turn.isOverAfter(bytesPerId)) await turn.next();
  }
  return parsed;
}

function parseId(raw: unknown): DeadLetterId {
  const id = DeadLetterId.parse(raw);
  if (isOfEdge(DeadLetterId.originOf(id)))
    throw new RuleBroken('was refused before it reached the log, so it cannot be replayed');
  return id;
}

// The approximate length of an id in the body, in bytes.
const bytesPerId = 24;

/** The routes of dead letters. */
export const deadLetterRoutes: readonly AddRoute[] = [getDeadLetters, postReplay];
