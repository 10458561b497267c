import { Type } from '@sinclair/typebox';
import { KeyId, maxSecrets, RuleBroken, unlessBroken, Violations } from '@user-activity/domain';
import { bodyOf, refuseBody } from '../bodies/json-body.ts';
import { keyDraftIn } from '../bodies/key-draft.ts';
import { isMembers } from '../bodies/members.ts';
import { refuseMembers } from '../bodies/refuse-members.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import {
  keyInPathSchema,
  keySchema,
  toKeyJson,
  keyNameSchema,
  keyProjectSchema,
  originsSchema,
  scopesSchema,
  secretKeySchema,
} from '../openapi/key-json.ts';
import { keyLimitsSchema } from '../openapi/limits-json.ts';
import { notFoundResponse, optionalOrNull, problemContent, problemResponses } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { itemBodyLimit } from '../requests/input-limits.ts';
import { Problem, rulesBroken } from '../requests/problem.ts';
import type { AddRoute, Route } from '../requests/route.ts';

const config = { scope: 'admin' } as const;
// Some clients send `Content-Type: application/json` with every request.
const configWithOptionalBody = { ...config, optionalBody: true } as const;

const findKeysSchema = {
  operationId: 'findKeys',
  tags: ['keys'],
  summary: 'List API keys',
  description:
    'Lists the keys of the project, the oldest first, without their secrets. Operators who do not send `X-Project` get the keys of all ' +
    'projects. Keys that were revoked or have expired are listed until they make room for others.',
  response: {
    200: namedSchema('KeyList', Type.Object({ data: Type.Array(keySchema) })),
    ...problemResponses(400, 401, 403, 503),
  },
};

const getKeys: Route<'findKeys' | 'clock'> = (app, { findKeys, clock }) => {
  app.get(
    '/api/keys',
    { schema: findKeysSchema, config, onRequest: refuseParameters },
    async (request, reply) => {
      const keys = await findKeys(request.principal, request.namedProject);
      const now = clock.now();
      return reply
        .code(200)
        .header('cache-control', 'no-store')
        .send({ data: keys.map((key) => toKeyJson(key, now)) });
    },
  );
};

const createKeySchema = {
  operationId: 'createKey',
  tags: ['keys'],
  summary: 'Make an API key',
  description:
    'The response has the `secret`, which clients send as their API key. It is shown only in this response. Every process of the service knows the key ' +
    'within a few seconds. Without `project`, the key belongs to the project of the request. Only operators may name another project, or `*`.',
  body: Type.Unsafe<unknown>(
    namedSchema(
      'NewKey',
      Type.Object(
        {
          name: keyNameSchema,
          project: optionalOrNull(keyProjectSchema),
          scopes: scopesSchema,
          origins: optionalOrNull(originsSchema),
          limits: optionalOrNull(keyLimitsSchema),
          expiresAt: optionalOrNull(
            Type.String({
              format: 'date-time',
              description: 'When the key expires (RFC 3339). Default: never.',
            }),
          ),
        },
        {
          additionalProperties: false,
          examples: [{ name: 'shop backend', project: 'shop', scopes: ['write'] }],
        },
      ),
    ),
  ),
  response: { 201: secretKeySchema, ...problemResponses(400, 401, 403, 413, 415, 422, 503) },
};

const postKey: Route<'createKey' | 'clock'> = (app, { createKey, clock }) => {
  const bodyLimit = itemBodyLimit(app);
  app.post(
    '/api/keys',
    { schema: createKeySchema, config, bodyLimit, onRequest: refuseParameters },
    async (request, reply) => {
      const made = await createKey(request.principal, keyDraftIn(bodyOf(request), request.project));
      if (made === 'forbidden')
        throw new Problem(403, 'This API key belongs to one project, and `project` names another.');
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...toKeyJson(made.key, clock.now()), secret: made.secret });
    },
  );
};

const defaultOverlapSeconds = 86_400;
const maxOverlapSeconds = 30 * 86_400;

const rotateKeySchema = {
  operationId: 'rotateKey',
  tags: ['keys'],
  summary: 'Rotate the secret of an API key',
  description:
    'The response has the new `secret`. Older secrets still work during the overlap, so that clients can change without an outage. An overlap ' +
    `that an earlier rotation began is not extended. A key has at most ${maxSecrets} secrets; beyond that, the oldest stops working at once. The id, project and scopes ` +
    'of the key stay the same. After a lost response, send the request again: the secrets that clients know still work.',
  params: keyInPathSchema,
  body: Type.Unsafe<unknown>(
    namedSchema(
      'KeyRotation',
      Type.Object(
        {
          overlapSeconds: optionalOrNull(
            Type.Integer({
              minimum: 0,
              maximum: maxOverlapSeconds,
              description: `How long the older secrets still work, in seconds. With 0, they stop working at once. Default: ${defaultOverlapSeconds}, which is a day.`,
            }),
          ),
        },
        { additionalProperties: false, examples: [{ overlapSeconds: 3600 }] },
      ),
    ),
  ),
  response: {
    200: secretKeySchema,
    ...problemResponses(400, 401, 403, 413, 415, 422, 503),
    ...notFoundResponse('There is no such key in the project.'),
    409: Type.Unsafe<unknown>({
      description: 'The key was revoked or has expired.',
      content: problemContent,
    }),
  },
};

const postKeyRotation: Route<'rotateKey' | 'clock'> = (app, { rotateKey, clock }) => {
  const bodyLimit = itemBodyLimit(app);
  app.post(
    '/api/keys/:id/rotate',
    { schema: rotateKeySchema, config: configWithOptionalBody, bodyLimit, onRequest: refuseParameters },
    async (request, reply) => {
      const id = keyInPath(request.params);
      const overlapMs = overlapIn(bodyOf(request)) * 1000;
      const rotated = await rotateKey(request.principal, id, overlapMs, request.namedProject);
      if (rotated === 'absent') throw noSuchKey();
      if (rotated === 'ended')
        throw new Problem(409, 'The key was revoked or has expired. Make another key.');
      return reply
        .code(200)
        .header('cache-control', 'no-store')
        .send({ ...toKeyJson(rotated.key, clock.now()), secret: rotated.secret });
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

const revokeKeySchema = {
  operationId: 'revokeKey',
  tags: ['keys'],
  summary: 'Revoke an API key',
  description:
    'Revokes the key permanently. Every process of the service refuses it within 5 seconds. You can send the request again.',
  params: keyInPathSchema,
  response: {
    204: Type.Null({ description: 'The key is revoked.' }),
    ...problemResponses(400, 401, 403, 503),
    ...notFoundResponse('There is no such key in the project.'),
  },
};

const deleteKey: Route<'revokeKey'> = (app, { revokeKey }) => {
  app.delete(
    '/api/keys/:id',
    {
      schema: revokeKeySchema,
      config: configWithOptionalBody,
      onRequest: refuseParameters,
      preHandler: refuseBody,
    },
    async (request, reply) => {
      const id = keyInPath(request.params);
      if ((await revokeKey(request.principal, id, request.namedProject)) === 'absent') throw noSuchKey();
      return reply.code(204).send(null);
    },
  );
};

/** Returns the id of a key in a path. Throws 404 if the id is malformed, because no key can have it. */
function keyInPath({ id }: { readonly id: string }): KeyId {
  const parsed = unlessBroken(() => KeyId.parse(id));
  if (parsed === undefined) throw noSuchKey();
  return parsed;
}

/** Makes the same 404 for a key that does not exist and for a key of another project. */
const noSuchKey = (): Problem => new Problem(404, 'There is no such key.');

/** The routes of API keys. */
export const keyRoutes: readonly AddRoute[] = [getKeys, postKey, postKeyRotation, deleteKey];
