import { Type } from '@sinclair/typebox';
import {
  defaultLimit,
  maxProjectSettings,
  ProjectId,
  RetentionDays,
  type SettingsChange,
  UsageLimits,
  Violations,
} from '@user-activity/domain';
import { bodyOf, refuseBody } from '../bodies/json-body.ts';
import { limitsIn } from '../bodies/limits-in.ts';
import { isMembers } from '../bodies/members.ts';
import { refuseMembers } from '../bodies/refuse-members.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { projectLimitsSchema } from '../openapi/limits-json.ts';
import {
  projectInPathSchema,
  projectSchema,
  toProjectJson,
  retentionDaysSchema,
} from '../openapi/project-json.ts';
import { optionalOrNull, problemResponses } from '../openapi/schemas.ts';
import { ParameterReader } from '../query/parameter-reader.ts';
import { parseProjectCursor, encodeProjectCursor } from '../query/project-cursor.ts';
import { parseQueryParameters, refuseParameters } from '../query/query-parameters.ts';
import { limitParameter } from '../query/read-page.ts';
import { itemBodyLimit } from '../requests/input-limits.ts';
import { parseInPath } from '../requests/parse-in-path.ts';
import { rulesBroken } from '../requests/problem.ts';
import type { AddRoute, Route } from '../requests/route.ts';

const cursorSchema = Type.String({
  minLength: 1,
  description: 'The `nextCursor` of the previous page.',
});

const findProjectsSchema = {
  operationId: 'findProjects',
  tags: ['projects'],
  summary: 'List the projects of the deployment',
  description:
    'Lists every project that has activities, dead letters, settings of its own, or an erasure in progress. The projects are sorted by name.',
  querystring: Type.Partial(Type.Object({ limit: limitParameter.schema, cursor: cursorSchema })),
  response: {
    200: namedSchema(
      'ProjectPage',
      Type.Object({
        projects: Type.Array(projectSchema),
        nextCursor: Type.Union([Type.String(), Type.Null()], {
          description: 'Null on the last page.',
          examples: [null],
        }),
      }),
    ),
    ...problemResponses(400, 401, 403, 503),
  },
};

const config = { scope: 'admin', needsOperator: true } as const;

const getProjects: Route<'findProjects'> = (app, { findProjects }) => {
  app.get('/api/projects', { schema: findProjectsSchema, config }, async (request, reply) => {
    const reader = new ParameterReader(parseQueryParameters(request), ['limit', 'cursor']);
    const limit = reader.one(limitParameter) ?? defaultLimit;
    const after = reader.one({ name: 'cursor', parse: parseProjectCursor });
    reader.assertNoViolations();
    const { projects, hasMore } = await findProjects({ after, limit });
    const last = projects.at(-1);
    const nextCursor = hasMore && last !== undefined ? encodeProjectCursor(last.id) : null;
    return reply.code(200).send({ projects: projects.map(toProjectJson), nextCursor });
  });
};

const putProjectSchema = {
  operationId: 'putProject',
  tags: ['projects'],
  summary: 'Change the settings of a project',
  description:
    'A member that is absent stays as it is, and null removes the setting. `limits` replaces all limits. Activities that are older than the retention are refused when they arrive, and removed in the background if they are stored. The change takes effect within a few seconds. ' +
    '`RETENTION_DAYS` of the deployment is the maximum of the retention. The project is the one in the path, not the one in `X-Project`.',
  params: projectInPathSchema,
  body: Type.Unsafe<unknown>(
    namedSchema(
      'ProjectSettings',
      Type.Object(
        { retentionDays: Type.Optional(retentionDaysSchema), limits: optionalOrNull(projectLimitsSchema) },
        { additionalProperties: false, minProperties: 1, examples: [{ retentionDays: 30 }] },
      ),
    ),
  ),
  response: { 200: projectSchema, ...problemResponses(400, 401, 403, 413, 415, 422, 503) },
};

const putProject: Route<'changeSettings'> = (app, { changeSettings }) => {
  const bodyLimit = itemBodyLimit(app);
  app.put(
    '/api/projects/:id',
    { schema: putProjectSchema, config, bodyLimit, onRequest: refuseParameters },
    async (request, reply) => {
      const project = projectInPath(request.params);
      const answer = await changeSettings(request.principal, project, changeIn(bodyOf(request)));
      if (answer === 'too-many')
        throw rulesBroken('Nothing was changed.', [{ path: '', message: tooManyMessage }]);
      return reply.code(200).send(toProjectJson(answer));
    },
  );
};

const tooManyMessage = `can't be set: ${maxProjectSettings} projects have settings, which is the maximum of a deployment; remove the settings of another project first`;

/** Returns the change in the body. Throws 422 with every violation of the body. */
function changeIn(body: unknown): SettingsChange {
  const violations = new Violations();
  const { retentionDays, limits, ...unknown } = isMembers(body) ? body : {};
  refuseMembers(unknown, violations);
  if (!isMembers(body)) violations.add('', 'must be a JSON object');
  else if (retentionDays === undefined && limits === undefined)
    violations.add(
      '/retentionDays',
      'is required if there are no `limits`: a number of days, or null to remove the retention',
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

const eraseProjectSchema = {
  operationId: 'eraseProject',
  tags: ['projects'],
  summary: 'Erase a project',
  description:
    'Erases everything that the service received for the project until this request: its activities, including those that still wait on the log, ' +
    'its dead letters and its settings. The response is 202, because the work is done in the background: in the list of projects, `erasing` is ' +
    'true until the work is done. You can send the request again after a 503 or a lost response. Activities that are logged later are kept. The project is the one in the path, not the one in `X-Project`.',
  params: projectInPathSchema,
  response: { 202: projectSchema, ...problemResponses(400, 401, 403, 503) },
};

// Some clients send `Content-Type: application/json` with every request.
const eraseProjectConfig = { scope: 'erase', needsOperator: true, optionalBody: true } as const;

const deleteProject: Route<'eraseProject'> = (app, { eraseProject }) => {
  app.delete(
    '/api/projects/:id',
    {
      schema: eraseProjectSchema,
      config: eraseProjectConfig,
      onRequest: refuseParameters,
      preHandler: refuseBody,
    },
    async (request, reply) =>
      reply
        .code(202)
        .send(toProjectJson(await eraseProject(request.principal, projectInPath(request.params)))),
  );
};

const projectInPath = ({ id }: { readonly id: string }): ProjectId =>
  parseInPath(id, { name: 'id', noun: 'The name of the project', parse: (text) => ProjectId.parse(text) });

/** The routes of projects. */
export const projectRoutes: readonly AddRoute[] = [getProjects, putProject, deleteProject];
