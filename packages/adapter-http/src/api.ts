import type { ApiUseCases } from '@user-activity/application';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { allRoutes } from './all-routes.ts';
import { decodeBodies } from './bodies/decode-bodies.ts';
import { parseJsonBodies } from './bodies/json-body.ts';
import { keyCheck } from './requests/api-keys.ts';
import type { BytesInFlight } from './requests/bytes-in-flight.ts';
import { assertRoute, handleErrors } from './requests/error-handling.ts';
import { closeIfUnread } from './requests/lingering.ts';
import { assertOneHost, foreignCheck } from './requests/own-hosts.ts';
import { countIn, countOut } from './requests/pipelining.ts';
import { Problem } from './requests/problem.ts';
import type { RequestMetrics } from './requests/request-metrics.ts';
import type { ApiSettings } from './requests/route.ts';
import { serveDocs } from './routes/docs.ts';
import { otherMethodsRefused } from './routes/method-not-allowed.ts';

// Sent as text, a large answer is in memory twice until its client has read it: as it is, and encoded.
const largeText = 64 * 1024;

/** The use cases and settings of the API. */
export interface ApiOptions extends ApiSettings {
  readonly useCases: ApiUseCases;
}

interface MeasuredApi extends ApiOptions {
  readonly requestMetrics: RequestMetrics;
  readonly bytesInFlight: BytesInFlight;
}

/** The API as a Fastify plugin: every route, and everything that is the same for all of them. */
export const api = fastifyPlugin(async (app: FastifyInstance, options: MeasuredApi): Promise<void> => {
  const { useCases, requestMetrics, bytesInFlight, ...settings } = options;
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  // No page of another site knows a key. Without keys, only the source of a request can protect.
  const assertAllowed =
    settings.apiKeys.length > 0 ? keyCheck(settings.apiKeys) : foreignCheck(settings.allowedHosts);
  // A single hook: another one would cost each request more than everything in here.
  app.addHook('onRequest', async (request, reply) => {
    requestMetrics.begin(request, reply);
    reply.header('x-request-id', request.id);
    request.bytes = bytesInFlight.open(request);
    countIn(request);
    assertOneHost(request);
    // The request came on a connection that was open already. Another instance may serve it at once.
    if (stopping && request.routeOptions.config.health !== true)
      throw new Problem(503, 'The service is stopping.', { headers: { 'retry-after': '1' } });
    if (request.routeOptions.config.health !== true) assertAllowed(request);
    assertRoute(request);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    closeIfUnread(request, reply);
    // An open connection would hold up the stop until it times out.
    if (stopping) reply.header('connection', 'close');
    // Parsed values take many times the bytes that are counted, and the answer may wait long for its reader.
    request.body = undefined;
    const isRead = request.method === 'GET' && request.routeOptions.config.health !== true;
    const size = request.method === 'HEAD' ? 0 : sizeOf(payload);
    request.bytes.setAnswer(size, isRead && reply.statusCode < 400);
    return typeof payload === 'string' && payload.length > largeText ? Buffer.from(payload) : payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    countOut(request);
    request.bytes.sent();
    // Logs the route instead of the URL, whose query may name users.
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    request.log.info({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms }, 'request');
  });
  // The domain validates input, and TypeScript checks output. A serializer made from a schema would drop or
  // change members of metadata that the schema does not name.
  app.setValidatorCompiler(() => (value: unknown) => ({ value }));
  app.setSerializerCompiler(() => JSON.stringify);
  handleErrors(app);
  decodeBodies(app);
  parseJsonBodies(app);
  const refuseOtherMethods = otherMethodsRefused(app);
  await serveDocs(app, settings);
  const deps = { ...settings, ...useCases, isStopping: () => stopping };
  // A scope each, because some routes have parsers of their own.
  for (const route of allRoutes)
    await app.register(async (scope) => route(scope.withTypeProvider<TypeBoxTypeProvider>(), deps));
  refuseOtherMethods();
});

/** The bytes of an answer. A stream holds no more than its buffer. */
function sizeOf(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  return Buffer.isBuffer(payload) ? payload.length : 0;
}
