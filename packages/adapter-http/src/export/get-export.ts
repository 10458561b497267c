import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { namedSchema } from '../openapi/component-schemas.ts';
import { exampleOf } from '../openapi/schema-example.ts';
import { activitySchema, problemResponses } from '../openapi/schemas.ts';
import { parseQueryParameters } from '../query/query-parameters.ts';
import { compressChunks } from '../requests/compression.ts';
import { waitForPrevious } from '../requests/page-limits.ts';
import { Problem } from '../requests/problem.ts';
import type { Route, RouteDeps } from '../requests/route.ts';
import { csvHeader } from './csv-lines.ts';
import { exportBody, exportCounter } from './export-body.ts';
import { formatWriters } from './export-format.ts';
import { exportParameterSchemas, readExportQuery } from './export-parameters.ts';
import { exportSlots } from './export-slots.ts';
import { exportReader } from './export-reader.ts';

const exampleJson = JSON.stringify(exampleOf(activitySchema));

const schema = {
  operationId: 'exportActivities',
  tags: ['activities'],
  summary: 'Export activities',
  description:
    'Returns all activities that match, in one response of any size. The oldest come first, or the newest with `order=desc`. The body has nothing but activities and, for CSV, a header. If ' +
    'the connection breaks before the end of the response, the export is not complete: continue it with `after`. An export ends the ' +
    'connection early if the store fails, the key expires or is revoked, or the client reads nothing for 30 s. At most 8 exports run at once in each ' +
    'process; a further one gets 503.',
  querystring: Type.Partial(Type.Object(exportParameterSchemas)),
  response: {
    200: Type.Unsafe<Readable>({
      description: 'The activities, one on each line.',
      headers: {
        'Content-Disposition': {
          type: 'string',
          description: 'A name for the file.',
          examples: ['attachment; filename="activities.ndjson"'],
        },
      },
      content: {
        'application/x-ndjson': {
          schema: namedSchema(
            'ActivityLines',
            Type.String({
              description: 'Each line is an `Activity` as JSON.',
              examples: [`${exampleJson}\n`],
            }),
          ),
        },
        'text/csv': {
          schema: Type.String({
            description: 'RFC 4180, with a header unless there is `after`. The metadata is JSON.',
            examples: [`${csvHeader}…`],
          }),
        },
      },
    }),
    ...problemResponses(400, 401, 403, 426, 503),
  },
};

/** Throws 426 for HTTP/1.0, where the end of the connection is the end of the response. An export that breaks off would look complete. */
function assertHttp11({ raw: { httpVersion } }: FastifyRequest): void {
  if (httpVersion !== '1.0') return;
  throw new Problem(426, 'An export needs HTTP/1.1. In nginx, set "proxy_http_version 1.1".', {
    headers: { upgrade: 'HTTP/1.1', connection: 'Upgrade, close' },
  });
}

export const getExport: Route<
  keyof Pick<RouteDeps, 'exportActivities' | 'findPrincipal' | 'isStopping' | 'clock'>
> = (app, { exportActivities, clock, ...deps }) => {
  const config = { scope: 'read', projects: 'readable' } as const;
  // There is no HEAD, because it would read all activities.
  const options = { schema, config, preHandler: waitForPrevious, exposeHeadRoute: false };
  const onEnd = exportCounter();
  app.get('/api/logs/export', options, async (request, reply) => {
    const { format, ...question } = readExportQuery(request.project, parseQueryParameters(request), clock);
    assertHttp11(request);
    exportSlots.take(request, reply);
    const { mediaType, fileName, load, ...writer } = formatWriters[format];
    const linesOf = await load();
    const kind = question.filter.metadata.length > 0 ? 'search' : 'page';
    const run = exportReader(request, reply, deps, kind);
    // The first page is read before the response begins, so that a failure can still be sent as a problem.
    const pages = await exportActivities(request.principal, { ...question, run });
    const header = question.after === undefined ? writer.header : '';
    const body = exportBody(request, reply, { header, linesOf, pages, onEnd });
    return reply
      .code(200)
      .type(mediaType)
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${fileName}"`)
      .send(Readable.from(compressChunks(request, reply, body), { objectMode: false }));
  });
};
