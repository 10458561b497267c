import { Type } from '@sinclair/typebox';
import { refuseParameters } from '../query/query-parameters.ts';
import { problemResponses } from '../openapi/schemas.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'metrics',
  tags: ['metrics'],
  summary: 'Metrics of this process since its start',
  description: 'For dashboards and alerts, in the text format of Prometheus.',
  produces: ['text/plain'],
  response: {
    200: Type.String({
      description: 'Text format, version 0.0.4.',
      examples: ['# TYPE nodejs_eventloop_utilization gauge\nnodejs_eventloop_utilization 0.02\n'],
    }),
    ...problemResponses(400, 401, 403, 503),
  },
};

export const getMetrics: Route<'scrapeMetrics'> = (app, { scrapeMetrics }) => {
  app.get(
    '/metrics',
    { schema, config: { scope: 'metrics' }, onRequest: refuseParameters },
    async (_request, reply) => {
      const text = await scrapeMetrics();
      return reply
        .code(200)
        .header('cache-control', 'no-store')
        .type('text/plain; version=0.0.4; charset=utf-8')
        .send(text);
    },
  );
};
