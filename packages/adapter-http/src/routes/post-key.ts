import type { KeyDraft } from '@user-activity/application';
import {
  KeyName,
  KeyProject,
  WebOrigin,
  type ProjectId,
  Scope,
  Timestamp,
  UsageLimits,
  Violations,
} from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { bodyOf } from '../bodies/json-body.ts';
import { limitsIn } from '../bodies/limits-in.ts';
import { isMembers } from '../bodies/members.ts';
import { refuseMembers } from '../bodies/refuse-members.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import {
  keyJson,
  keyNameJson,
  keyProjectJson,
  originsJson,
  scopesJson,
  SecretKeyJson,
} from '../openapi/key-json.ts';
import { keyLimitsJson } from '../openapi/limits-json.ts';
import { nullable, problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { itemBodyLimit } from '../requests/input-limits.ts';
import { Problem, rulesBroken } from '../requests/problem.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'createKey',
  tags: ['keys'],
  summary: 'Make an API key',
  description:
    'The response has the `secret`, which clients send as their API key. It is shown this once. Every process of the service knows the key ' +
    'within some seconds. Default of `project`: the project of the request. Only operators may name another one, or `*`.',
  body: Type.Unsafe<unknown>(
    namedSchema(
      'NewKey',
      Type.Object(
        {
          name: keyNameJson,
          project: nullable(keyProjectJson),
          scopes: scopesJson,
          origins: nullable(originsJson),
          limits: nullable(keyLimitsJson),
          expiresAt: nullable(
            Type.String({
              format: 'date-time',
              description: 'When the key ends (RFC 3339). Default: never.',
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
  response: { 201: SecretKeyJson, ...problems(400, 401, 403, 413, 415, 422, 503) },
};

export const postKey: Route<'createKey' | 'clock'> = (app, { createKey, clock }) => {
  const bodyLimit = itemBodyLimit(app);
  app.post(
    '/api/keys',
    { schema, config: { scope: 'admin' }, bodyLimit, onRequest: refuseParameters },
    async (request, reply) => {
      const made = await createKey(request.principal, draftIn(bodyOf(request), request.project));
      if (made === 'forbidden')
        throw new Problem(403, 'This API key belongs to one project, and `project` names another.');
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...keyJson(made.key, clock.now()), secret: made.secret });
    },
  );
};

/** Returns the key that a body describes. Throws 422 with every violation of the body. */
function draftIn(body: unknown, defaultProject: ProjectId): KeyDraft {
  const violations = new Violations();
  if (!isMembers(body))
    throw rulesBroken('Nothing was changed.', [{ path: '', message: 'must be a JSON object' }]);
  const { name, project, scopes, origins, limits, expiresAt, ...unknown } = body;
  refuseMembers(unknown, violations);
  const draft = {
    name: violations.check('/name', () => KeyName.parse(name)),
    project: violations.check('/project', () => KeyProject.parse(project ?? defaultProject)),
    scopes: violations.check('/scopes', () => Scope.parseList(scopes)),
    origins: violations.check('/origins', () => WebOrigin.parseList(origins)),
    limits: limitsIn(limits, UsageLimits.rates, violations),
    expiresAt: violations.check('/expiresAt', () =>
      expiresAt === undefined || expiresAt === null ? undefined : Timestamp.parse(expiresAt),
    ),
  };
  if (!isDraft(draft) || violations.list.length > 0)
    throw rulesBroken('Nothing was changed.', violations.list);
  return draft;
}

/** Returns whether each member was read. */
const isDraft = (
  draft: { readonly [Name in keyof KeyDraft]: KeyDraft[Name] | undefined },
): draft is KeyDraft =>
  draft.name !== undefined &&
  draft.project !== undefined &&
  draft.scopes !== undefined &&
  draft.origins !== undefined;
