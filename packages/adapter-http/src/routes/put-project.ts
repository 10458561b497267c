import { maxRetentions, RetentionDays, Violations } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { bodyOf } from '../bodies/json-body.ts';
import { isMembers } from '../bodies/members.ts';
import { refuseMembers } from '../bodies/refuse-members.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { ProjectJson, projectInPathSchema, projectJson, retentionDaysJson } from '../openapi/project-json.ts';
import { problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { itemBodyLimit } from '../requests/input-limits.ts';
import { rulesBroken } from '../requests/problem.ts';
import { projectInPath } from '../requests/project-in-path.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'putProject',
  tags: ['projects'],
  summary: 'Set the retention of a project',
  description:
    'Activities that are older than the retention are refused, and removed in the background. The change takes effect within some seconds. ' +
    '`RETENTION_DAYS` of the deployment is the maximum. The path names the project, not `X-Project`.',
  params: projectInPathSchema,
  body: Type.Unsafe<unknown>(
    namedSchema(
      'ProjectSettings',
      Type.Object({ retentionDays: retentionDaysJson }, { additionalProperties: false }),
    ),
  ),
  response: { 200: ProjectJson, ...problems(400, 401, 403, 413, 415, 422, 503) },
};

const config = { scope: 'admin', needsOperator: true } as const;

export const putProject: Route<'putRetention'> = (app, { putRetention }) => {
  const bodyLimit = itemBodyLimit(app);
  app.put(
    '/api/projects/:id',
    { schema, config, bodyLimit, onRequest: refuseParameters },
    async (request, reply) => {
      const project = projectInPath(request.params);
      const answer = await putRetention(project, retentionIn(bodyOf(request)));
      if (answer === 'too-many')
        throw rulesBroken('Nothing was changed.', [{ path: '/retentionDays', message: tooManyMessage }]);
      return reply.code(200).send(projectJson(answer));
    },
  );
};

const tooManyMessage = `can't be set: ${maxRetentions} projects have a retention of their own, which is the maximum of a deployment; set null for another one first`;

/** Returns the retention in the body; undefined if it is null. Throws 422 with every violation of the body. */
function retentionIn(body: unknown): RetentionDays | undefined {
  const violations = new Violations();
  const { retentionDays, ...unknown } = isMembers(body) ? body : {};
  refuseMembers(unknown, violations);
  if (!isMembers(body)) violations.add('', 'must be a JSON object');
  else if (retentionDays === undefined)
    violations.add('/retentionDays', 'is required: a number of days, or null to remove the retention');
  const days =
    retentionDays === undefined || retentionDays === null
      ? undefined
      : violations.check('/retentionDays', () => RetentionDays.parse(retentionDays));
  if (violations.list.length > 0) throw rulesBroken('Nothing was changed.', violations.list);
  return days;
}
