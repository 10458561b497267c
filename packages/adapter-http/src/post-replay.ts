import type { ReplayDeadLetters } from '@user-activity/application';
import { DeadLetterId, edgeTopic, pointer, RuleBroken, Violations } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { DeadLetterIdJson } from './dead-letter-json.ts';
import { itemBodyLimit } from './item-size.ts';
import { optionalBodyOf } from './json-body.ts';
import { isMembers } from './members.ts';
import { Problem } from './problem.ts';
import { refuseParameters } from './query-parameters.ts';
import { problems } from './schemas.ts';

const schema = {
  operationId: 'replayDeadLetters',
  tags: ['dead letters'],
  summary: 'Send dead letters back to the log, to be judged again',
  description:
    'Those of the ids, or without ids all that died before the request; those that were refused before they came to the log ' +
    '(code `invalid`) stay, and naming one is 422. Answers 202 once the log holds them: they are not ' +
    'listed any more, unless they die again. Replaying twice stores once. An id that there is no letter of does not count, so ' +
    'the same request can be sent again after a 503 or a lost answer.',
  body: Type.Unsafe<unknown>(
    Type.Object(
      {
        ids: Type.Optional(
          Type.Array(DeadLetterIdJson, {
            minItems: 1,
            description: 'None given: all.',
            examples: [['user-activity:3:1042']],
          }),
        ),
      },
      { additionalProperties: false, description: 'May be left out.' },
    ),
  ),
  response: {
    202: Type.Object({
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
    ...problems(400, 401, 403, 413, 415, 422, 503),
  },
};

/** `POST /api/dead-letters/replay` */
export const postReplay: FastifyPluginCallbackTypebox<{
  replayDeadLetters: ReplayDeadLetters;
  maxBatchSize: number;
}> = (app, { replayDeadLetters, maxBatchSize }, done) => {
  app.post(
    '/api/dead-letters/replay',
    { schema, bodyLimit: itemBodyLimit(app), config: { optionalBody: true }, onRequest: refuseParameters },
    async (request, reply) => {
      const { replayed, tooLarge, more } = await replayDeadLetters(
        idsIn(optionalBodyOf(request), maxBatchSize),
      );
      return reply.code(202).send({
        replayed,
        ...(tooLarge === 0 ? {} : { tooLarge }),
        ...(more ? { more } : {}),
      });
    },
  );
  done();
};

/** The ids that the body names, undefined where it names none. */
function idsIn(body: unknown, most: number): readonly DeadLetterId[] | undefined {
  const violations = new Violations();
  let parsed: readonly DeadLetterId[] | undefined;
  if (isMembers(body)) {
    const { ids, ...others } = body;
    for (const name of Object.keys(others)) violations.add(pointer('', name), 'is not a known field');
    if (ids !== undefined) parsed = parseIds(ids, most, violations);
  } else violations.add('', 'must be a JSON object');
  if (violations.list.length > 0)
    throw new Problem(422, 'Nothing was replayed.', { errors: violations.list });
  return parsed;
}

function parseIds(raw: unknown, most: number, violations: Violations): readonly DeadLetterId[] {
  if (!isList(raw)) violations.add('/ids', 'must be a JSON array');
  else if (raw.length === 0) violations.add('/ids', 'must hold at least one id; without it all are replayed');
  else if (raw.length > most)
    throw new Problem(413, `A request replays at most ${most} dead letters by their ids.`);
  else return raw.flatMap((id, index) => violations.check(`/ids/${index}`, () => parseId(id)) ?? []);
  return [];
}

function parseId(raw: unknown): DeadLetterId {
  const id = DeadLetterId.parse(raw);
  if (DeadLetterId.originOf(id).topic === edgeTopic)
    throw new RuleBroken('was refused before it came to the log, and can not go back to it');
  return id;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
