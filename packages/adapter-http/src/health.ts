import type { CheckHealth } from '@user-activity/application';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';

const Status = Type.Union([Type.Literal('ok'), Type.Literal('unavailable')]);
const Health = Type.Object({
  status: Status,
  checks: Type.Partial(Type.Object({ log: Status, store: Status })),
});
const tags = ['health'];
const security: [] = [];

const live = {
  operationId: 'live',
  tags,
  security,
  summary: 'Whether the process answers: if not, restart it',
  response: { 200: Health },
};
const ready = {
  operationId: 'ready',
  tags,
  security,
  summary: 'Whether requests can be served: log and store answer, and the service is not stopping',
  response: { 200: Health, 503: Health },
};

/**
 * `GET /health/live` and `GET /health/ready`, for orchestrators and load balancers. Never ask for a key, and take any query: some
 * of those add one, against caches.
 */
export const health: FastifyPluginCallbackTypebox<{
  readonly checkHealth: CheckHealth;
  readonly isStopping: () => boolean;
}> = (app, { checkHealth, isStopping }, done) => {
  app.get('/health/live', { schema: live, config: { health: true } }, async (_request, reply) =>
    reply.code(200).header('cache-control', 'no-store').send({ status: 'ok', checks: {} }),
  );
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
