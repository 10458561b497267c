import { defaultLimit } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { namedSchema } from '../openapi/component-schemas.ts';
import { ProjectJson, projectJson } from '../openapi/project-json.ts';
import { problems } from '../openapi/schemas.ts';
import { ParameterReader } from '../query/parameter-reader.ts';
import { parseProjectCursor, projectCursorText } from '../query/project-cursor.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { limitParameter } from '../query/read-page.ts';
import type { Route } from '../requests/route.ts';

const cursorSchema = Type.String({
  minLength: 1,
  description: 'The `nextCursor` of the previous page.',
});

const schema = {
  operationId: 'findProjects',
  tags: ['projects'],
  summary: 'List the projects of the deployment',
  description:
    'Lists every project that has activities, dead letters, a retention of its own, or an erasure under way, sorted by name.',
  querystring: Type.Partial(Type.Object({ limit: limitParameter.schema, cursor: cursorSchema })),
  response: {
    200: namedSchema(
      'ProjectPage',
      Type.Object({
        projects: Type.Array(ProjectJson),
        nextCursor: Type.Union([Type.String(), Type.Null()], {
          description: 'Null on the last page.',
          examples: [null],
        }),
      }),
    ),
    ...problems(400, 401, 403, 503),
  },
};

const config = { scope: 'admin', needsOperator: true } as const;

export const getProjects: Route<'findProjects'> = (app, { findProjects }) => {
  app.get('/api/projects', { schema, config }, async (request, reply) => {
    const reader = new ParameterReader(queryParameters(request), ['limit', 'cursor']);
    const limit = reader.one(limitParameter) ?? defaultLimit;
    const after = reader.one({ name: 'cursor', parse: parseProjectCursor });
    reader.assertNoViolations();
    const { projects, hasMore } = await findProjects({ after, limit });
    const last = projects.at(-1);
    const nextCursor = hasMore && last !== undefined ? projectCursorText(last.id) : null;
    return reply.code(200).send({ projects: projects.map(projectJson), nextCursor });
  });
};
