import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { refuseParameters } from '../query/query-parameters.ts';
import { problems } from '../openapi/schemas.ts';

/** Gives what the process measured, in Prometheus's text format, version 0.0.4. */
export type ScrapeMetrics = () => Promise<string>;

const schema = {
  operationId: 'metrics',
  tags: ['metrics'],
  summary: 'What this process measured since it began',
  description: "For dashboards and alerts, in Prometheus's text format. Each process tells of itself alone.",
  produces: ['text/plain'],
  response: {
    200: Type.String({
      description: 'Text format, version 0.0.4.',
      examples: ['# TYPE nodejs_eventloop_utilization gauge\nnodejs_eventloop_utilization 0.02\n'],
    }),
    ...problems(400, 401, 403, 503),
  },
};

/** `GET /metrics` */
export const metrics: FastifyPluginCallbackTypebox<{ readonly scrapeMetrics: ScrapeMetrics }> = (
  app,
  { scrapeMetrics },
  done,
) => {
  app.get('/metrics', { schema, onRequest: refuseParameters }, async (_request, reply) => {
    const text = await scrapeMetrics();
    return reply
      .code(200)
      .header('cache-control', 'no-store')
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(text);
  });
  done();
};
