import type { CheckHealth, Progressing } from '@user-activity/application';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { named } from '../openapi/component-schemas.ts';

const Status = named('HealthStatus', Type.Union([Type.Literal('ok'), Type.Literal('unavailable')]));
const Health = named(
  'Health',
  Type.Object({
    status: Status,
    checks: Type.Partial(Type.Object({ log: Status, store: Status, progress: Status })),
  }),
);
const tags = ['health'];
const security: [] = [];

const live = {
  operationId: 'live',
  tags,
  security,
  summary: 'Whether the process works. If not, replace it: its consumer cannot recover',
  description: 'For the liveness probe of an orchestrator. 503 means that only a new process helps.',
  response: { 200: Health, 503: Health },
};
const ready = {
  operationId: 'ready',
  tags,
  security,
  summary:
    'Whether requests can be served: log and store answer, the consumer gets on, and the service is not stopping',
  description:
    'For the readiness probe of an orchestrator, and for load balancers. `checks` tells the parts.',
  response: { 200: Health, 503: Health },
};

/**
 * `GET /health/live` and `GET /health/ready`, for orchestrators and load balancers. Never ask for a key, and take any query: some
 * of those add one, against caches.
 */
export const health: FastifyPluginCallbackTypebox<{
  readonly checkHealth: CheckHealth;
  /** Given if the process has a consumer. */
  readonly progress?: Progressing | undefined;
  readonly isStopping: () => boolean;
}> = (app, { checkHealth, progress, isStopping }, done) => {
  app.get('/health/live', { schema: live, config: { health: true } }, async (_request, reply) => {
    const status = progress?.state === 'dead' ? 'unavailable' : 'ok';
    return reply
      .code(status === 'ok' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status, checks: progress === undefined ? {} : { progress: status } });
  });
  app.get('/health/ready', { schema: ready, config: { health: true } }, async (_request, reply) => {
    const { status, checks } = await checkHealth();
    const isReady = status === 'ok' && !isStopping();
    return reply
      .code(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: isReady ? 'ok' : 'unavailable', checks });
  });
  done();
};
