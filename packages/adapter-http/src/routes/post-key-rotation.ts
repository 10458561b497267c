import { maxSecrets, RuleBroken, Violations } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { bodyOf } from '../bodies/json-body.ts';
import { isMembers } from '../bodies/members.ts';
import { refuseMembers } from '../bodies/refuse-members.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { keyInPathSchema, keyJson, SecretKeyJson } from '../openapi/key-json.ts';
import { nullable, notFound, problemContent, problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { itemBodyLimit } from '../requests/input-limits.ts';
import { keyInPath, noSuchKey } from '../requests/key-in-path.ts';
import { Problem, rulesBroken } from '../requests/problem.ts';
import type { Route } from '../requests/route.ts';

const defaultOverlapSeconds = 86_400;
const maxOverlapSeconds = 30 * 86_400;

const schema = {
  operationId: 'rotateKey',
  tags: ['keys'],
  summary: 'Give an API key another secret',
  description:
    'The response has the new `secret`. The secrets before it work during the overlap, but no longer than an earlier rotation has said. So ' +
    `clients can change without an outage. A key has at most ${maxSecrets} secrets; then the oldest ends at once. The id, project and scopes ` +
    'of the key stay the same. After a lost response, send the request again: the secrets that clients know still work.',
  params: keyInPathSchema,
  body: Type.Unsafe<unknown>(
    namedSchema(
      'KeyRotation',
      Type.Object(
        {
          overlapSeconds: nullable(
            Type.Integer({
              minimum: 0,
              maximum: maxOverlapSeconds,
              description: `How long the secrets before work. 0 ends them at once. Default: ${defaultOverlapSeconds}, which is a day.`,
            }),
          ),
        },
        { additionalProperties: false, examples: [{ overlapSeconds: 3600 }] },
      ),
    ),
  ),
  response: {
    200: SecretKeyJson,
    ...problems(400, 401, 403, 413, 415, 422, 503),
    ...notFound('There is no such key in the project.'),
    409: Type.Unsafe<unknown>({
      description: 'The key was revoked or has expired.',
      content: problemContent,
    }),
  },
};

const config = { scope: 'admin', optionalBody: true } as const;

export const postKeyRotation: Route<'rotateKey' | 'clock'> = (app, { rotateKey, clock }) => {
  const bodyLimit = itemBodyLimit(app);
  app.post(
    '/api/keys/:id/rotate',
    { schema, config, bodyLimit, onRequest: refuseParameters },
    async (request, reply) => {
      const id = keyInPath(request.params);
      const overlapMs = overlapIn(bodyOf(request)) * 1000;
      const rotated = await rotateKey(request.principal, id, overlapMs, request.namedProject);
      if (rotated === 'absent') throw noSuchKey();
      if (rotated === 'ended')
        throw new Problem(409, 'The key was revoked or has expired: make another one.');
      return reply
        .code(200)
        .header('cache-control', 'no-store')
        .send({ ...keyJson(rotated.key, clock.now()), secret: rotated.secret });
    },
  );
};

/** Returns the overlap in seconds that a body asks for. Throws 422 with every violation of the body. */
function overlapIn(body: unknown): number {
  const violations = new Violations();
  const { overlapSeconds, ...unknown } = isMembers(body) ? body : {};
  refuseMembers(unknown, violations);
  if (!isMembers(body)) violations.add('', 'must be a JSON object');
  const seconds = violations.check('/overlapSeconds', () =>
    secondsOf(overlapSeconds ?? defaultOverlapSeconds),
  );
  if (violations.list.length > 0 || seconds === undefined)
    throw rulesBroken('Nothing was changed.', violations.list);
  return seconds;
}

function secondsOf(raw: unknown): number {
  if (typeof raw !== 'number' || !Number.isInteger(raw) || raw < 0 || raw > maxOverlapSeconds)
    throw new RuleBroken(`must be a whole number from 0 to ${maxOverlapSeconds}`);
  return raw;
}
