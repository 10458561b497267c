import { type Static, Type } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import { namedSchema } from '../openapi/component-schemas.ts';
import type { Route } from '../requests/route.ts';

const Status = namedSchema('HealthStatus', Type.Union([Type.Literal('ok'), Type.Literal('unavailable')]));
const Health = namedSchema(
  'Health',
  Type.Object({
    status: Status,
    checks: Type.Partial(Type.Object({ log: Status, store: Status, progress: Status })),
  }),
);
// Health checks need no key.
const noSecurity: [] = [];
const commonSchema = { tags: ['health'], security: noSecurity, response: { 200: Health, 503: Health } };

const live = {
  ...commonSchema,
  operationId: 'live',
  summary: 'Whether the process works',
  description:
    'For the liveness probe of an orchestrator. After a 503, replace the process: its consumer cannot recover.',
};
const ready = {
  ...commonSchema,
  operationId: 'ready',
  summary: 'Whether the service can serve requests',
  description:
    'For the readiness probe of an orchestrator, and for load balancers. A 503 means that the service is stopping, or that a part in `checks` is unavailable.',
};

/**
 * Adds the routes for health checks. They need no key, and ignore query parameters, because some probes add parameters to bypass caches.
 */
export const healthRoutes: Route<'checkHealth' | 'progress' | 'isStopping'> = (
  app,
  { checkHealth, progress, isStopping },
) => {
  app.get('/health/live', { schema: live, config: { isHealthCheck: true } }, async (_request, reply) => {
    const status = progress?.state === 'dead' ? 'unavailable' : 'ok';
    return sendReport(reply, { status, checks: progress === undefined ? {} : { progress: status } });
  });
  app.get('/health/ready', { schema: ready, config: { isHealthCheck: true } }, async (_request, reply) => {
    const { status, checks } = await checkHealth();
    return sendReport(reply, { status: isStopping() ? 'unavailable' : status, checks });
  });
};

const sendReport = (reply: FastifyReply, report: Static<typeof Health>): FastifyReply =>
  reply
    .code(report.status === 'ok' ? 200 : 503)
    .header('cache-control', 'no-store')
    .send(report);
