import type { ReplayDeadLetters } from '@user-activity/application';
import { DeadLetterId, isOfEdge, pointer, RuleBroken, Violations } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { named } from '../openapi/component-schemas.ts';
import { DeadLetterIdJson } from '../openapi/dead-letter-json.ts';
import { itemBodyLimit } from '../requests/item-size.ts';
import { bodyOf } from '../bodies/json-body.ts';
import { isMembers } from '../bodies/members.ts';
import { Problem } from '../requests/problem.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { problems } from '../openapi/schemas.ts';
import { turns } from '../bodies/turns.ts';

const schema = {
  operationId: 'replayDeadLetters',
  tags: ['dead letters'],
  summary: 'Send dead letters back to the log, to be judged again',
  description:
    'Those of the ids, or with `{"all": true}` all that died before the request; those that were refused before they came to the log ' +
    '(code `invalid`) stay, and naming one is 422. Answers 202 once the log holds them: they are not ' +
    'listed any more, unless they die again. Replaying twice stores once. An id that there is no letter of does not count, so ' +
    'the same request can be sent again after a 503 or a lost answer. One replay runs at a time; another meanwhile is 409.',
  body: Type.Unsafe<unknown>(
    Type.Union(
      [
        Type.Object(
          { all: Type.Literal(true, { description: 'All that died before the request.' }) },
          { additionalProperties: false },
        ),
        Type.Object(
          {
            ids: Type.Array(DeadLetterIdJson, {
              minItems: 1,
              description: 'These.',
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
    202: named(
      'ReplayReceipt',
      Type.Object({
        replayed: Type.Integer({ description: 'How many the log holds again.' }),
        tooLarge: Type.Optional(
          Type.Integer({
            description:
              'How many stay listed, as the log takes no records so large. Left out where there are none.',
          }),
        ),
        more: Type.Optional(
          Type.Boolean({
            description: 'True where there was no time for all: send the request again for the rest.',
          }),
        ),
      }),
    ),
    ...problems(400, 401, 403, 409, 413, 415, 422, 503),
  },
};

// A replay takes 20 s at most, and mostly less than this.
const retryAfterSeconds = '5';

/** `POST /api/dead-letters/replay` */
export const postReplay: FastifyPluginCallbackTypebox<{
  replayDeadLetters: ReplayDeadLetters;
  maxBatchSize: number;
}> = (app, { replayDeadLetters, maxBatchSize }, done) => {
  app.post(
    '/api/dead-letters/replay',
    { schema, bodyLimit: itemBodyLimit(app), onRequest: refuseParameters },
    async (request, reply) => {
      const receipt = await replayDeadLetters(await lettersIn(bodyOf(request), maxBatchSize));
      if (receipt === 'under way')
        throw new Problem(409, 'Another replay is under way, and one runs at a time. Nothing was replayed.', {
          headers: { 'retry-after': retryAfterSeconds },
        });
      const { replayed, tooLarge, more } = receipt;
      return reply.code(202).send({
        replayed,
        ...(tooLarge === 0 ? {} : { tooLarge }),
        ...(more ? { more } : {}),
      });
    },
  );
  done();
};

/** The letters that the body names. */
async function lettersIn(body: unknown, maxIds: number): Promise<readonly DeadLetterId[] | 'all'> {
  const violations = new Violations();
  let parsed: readonly DeadLetterId[] | 'all' = [];
  if (isMembers(body)) {
    const { all, ids } = body;
    for (const name of Object.keys(body)) {
      if (violations.full) break;
      if (name !== 'all' && name !== 'ids') violations.add(pointer('', name), 'is not a known field');
    }
    if (ids !== undefined) parsed = await parseIds(ids, maxIds, violations);
    else if (all === undefined) violations.add('', 'must have "all": true, or "ids"');
    if (all !== undefined && ids !== undefined)
      violations.add('/all', 'must not be given together with "ids"');
    else if (all === true) parsed = 'all';
    else if (all !== undefined) violations.add('/all', 'must be true');
  } else violations.add('', 'must be a JSON object');
  if (violations.list.length > 0)
    throw new Problem(422, 'Nothing was replayed.', { errors: violations.list });
  return parsed;
}

/** The ids. Other work has its turn in between: 20 requests of 10,000 ids at once took most of a second. */
async function parseIds(
  raw: unknown,
  maxIds: number,
  violations: Violations,
): Promise<readonly DeadLetterId[]> {
  if (!isList(raw)) violations.add('/ids', 'must be a JSON array');
  else if (raw.length === 0)
    violations.add('/ids', 'must hold at least one id; all are replayed by "all": true');
  else if (raw.length > maxIds)
    throw new Problem(413, `A request replays at most ${maxIds} dead letters by their ids.`);
  else {
    const turn = turns.begin();
    const parsed: DeadLetterId[] = [];
    for (const [index, id] of raw.entries()) {
      if (violations.full) break;
      const one = violations.check(`/ids/${index}`, () => parseId(id));
      if (one !== undefined) parsed.push(one);
      if (turn.isOverAfter(bytesOfId)) await turn.next();
    }
    return parsed;
  }
  return [];
}

function parseId(raw: unknown): DeadLetterId {
  const id = DeadLetterId.parse(raw);
  if (isOfEdge(DeadLetterId.originOf(id)))
    throw new RuleBroken('was refused before it came to the log, and can not go back to it');
  return id;
}

// About as much as one takes in the body.
const bytesOfId = 24;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
