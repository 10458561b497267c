import {
  maxProjectSettings,
  RetentionDays,
  type SettingsChange,
  UsageLimits,
  Violations,
} from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { bodyOf } from '../bodies/json-body.ts';
import { limitsIn } from '../bodies/limits-in.ts';
import { isMembers } from '../bodies/members.ts';
import { refuseMembers } from '../bodies/refuse-members.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { projectLimitsJson } from '../openapi/limits-json.ts';
import { ProjectJson, projectInPathSchema, projectJson, retentionDaysJson } from '../openapi/project-json.ts';
import { nullable, problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { itemBodyLimit } from '../requests/input-limits.ts';
import { rulesBroken } from '../requests/problem.ts';
import { projectInPath } from '../requests/project-in-path.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'putProject',
  tags: ['projects'],
  summary: 'Change the settings of a project',
  description:
    'A member that is absent stays as it is, and null removes the setting. `limits` replaces all limits. Activities that are older than the retention are refused, and removed in the background. The change takes effect within some seconds. ' +
    '`RETENTION_DAYS` of the deployment is the maximum. The path names the project, not `X-Project`.',
  params: projectInPathSchema,
  body: Type.Unsafe<unknown>(
    namedSchema(
      'ProjectSettings',
      Type.Object(
        { retentionDays: Type.Optional(retentionDaysJson), limits: nullable(projectLimitsJson) },
        { additionalProperties: false, minProperties: 1, examples: [{ retentionDays: 30 }] },
      ),
    ),
  ),
  response: { 200: ProjectJson, ...problems(400, 401, 403, 413, 415, 422, 503) },
};

const config = { scope: 'admin', needsOperator: true } as const;

export const putProject: Route<'changeSettings'> = (app, { changeSettings }) => {
  const bodyLimit = itemBodyLimit(app);
  app.put(
    '/api/projects/:id',
    { schema, config, bodyLimit, onRequest: refuseParameters },
    async (request, reply) => {
      const project = projectInPath(request.params);
      const answer = await changeSettings(request.principal, project, changeIn(bodyOf(request)));
      if (answer === 'too-many')
        throw rulesBroken('Nothing was changed.', [{ path: '', message: tooManyMessage }]);
      return reply.code(200).send(projectJson(answer));
    },
  );
};

const tooManyMessage = `can't be set: ${maxProjectSettings} projects have settings, which is the maximum of a deployment; remove those of another project first`;

/** Returns the change in the body. Throws 422 with every violation of the body. */
function changeIn(body: unknown): SettingsChange {
  const violations = new Violations();
  const { retentionDays, limits, ...unknown } = isMembers(body) ? body : {};
  refuseMembers(unknown, violations);
  if (!isMembers(body)) violations.add('', 'must be a JSON object');
  else if (retentionDays === undefined && limits === undefined)
    violations.add(
      '/retentionDays',
      'is required without `limits`: a number of days, or null to remove the retention',
    );
  const days =
    retentionDays === undefined || retentionDays === null
      ? retentionDays
      : violations.check('/retentionDays', () => RetentionDays.parse(retentionDays));
  const parsedLimits = limitsIn(limits, UsageLimits.names, violations);
  if (violations.list.length > 0) throw rulesBroken('Nothing was changed.', violations.list);
  return {
    ...(days === undefined ? {} : { retentionDays: days }),
    ...(limits === undefined ? {} : { limits: parsedLimits }),
  };
}
