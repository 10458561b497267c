import type { ApiUseCases } from '@user-activity/application';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { allRoutes } from './all-routes.ts';
import { decodeBodies } from './bodies/decode-bodies.ts';
import { parseJsonBodies } from './bodies/json-body.ts';
import { assertScopeNamed, authorization, keyRequirement } from './requests/authorization.ts';
import type { BytesInFlight } from './requests/bytes-in-flight.ts';
import { Connection } from './requests/connection.ts';
import { principalFinder } from './requests/credentials.ts';
import { assertRoute, handleErrors, isUnknownPath } from './requests/error-handling.ts';
import { compressBody, isCompressible } from './requests/compression.ts';
import { closeIfUnread } from './requests/lingering.ts';
import { loadShedding } from './requests/load-shedding.ts';
import { assertOneHost } from './requests/own-hosts.ts';
import { addUnanswered } from './requests/pipelining.ts';
import { Problem } from './requests/problem.ts';
import { projectsOf, setProject } from './requests/project.ts';
import type { RequestMetrics } from './requests/request-metrics.ts';
import { logRequest } from './requests/request-log.ts';
import type { ApiSettings } from './requests/route.ts';
import { crossOriginHeaders, securityHeaders } from './requests/security-headers.ts';
import { UsageLimiter } from './requests/usage-limiter.ts';
import { handleCors, varyOf, WebPages } from './requests/web-pages.ts';
import { wrongKeyLimit } from './requests/wrong-key-limit.ts';
import { serveDocs } from './routes/docs.ts';
import { methodCheck } from './routes/method-not-allowed.ts';
import { serveSite } from './routes/site.ts';

// In characters. A longer response is sent as a Buffer: with a string, Node would hold both the string and its encoded copy until it is
// sent.
const minBufferedLength = 64 * 1024;

interface ApiOptions extends ApiSettings {
  readonly useCases: ApiUseCases;
  readonly requestMetrics: RequestMetrics;
  readonly bytesInFlight: BytesInFlight;
  readonly maxEventLoopDelayMs?: number | undefined;
}

/** A Fastify plugin with every route of the API, and the hooks and parsers that the routes share. */
export const api = fastifyPlugin(async (app: FastifyInstance, options: ApiOptions): Promise<void> => {
  const { useCases, requestMetrics, bytesInFlight, maxEventLoopDelayMs, ...settings } = options;
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  const findPrincipal = principalFinder(settings);
  const usageLimiter = new UsageLimiter(settings.findUsage);
  const authorize = authorization(findPrincipal);
  const needsKey = keyRequirement(settings);
  const webPages = new WebPages(settings.allowsOrigin);
  let shedLoad = (_request: FastifyRequest): void => undefined;
  const { findPath, assertMethod, addRoutes: addRefusingRoutes } = methodCheck(app);
  // Must come before the routes of plugins. Otherwise, they would have Fastify's own error handler.
  handleErrors(app, { replace: await wrongKeyLimit(app) });
  app.addHook('onRoute', (route) => {
    const { url, config = {} } = route;
    assertScopeNamed({ url, config });
    const projects = projectsOf({ url, config });
    const isForPages = webPages.addRoute(route);
    const compresses = isCompressible(route, projects);
    // This is a hook of the route, so that requests to other routes do not pay for it.
    if (compresses) route.onSend = [compressBody, ...[route.onSend ?? []].flat()];
    route.config = {
      ...config,
      projects,
      isForPages,
      vary: varyOf({ projects, isForPages, isCompressible: compresses }),
    };
  });
  // All checks are in one hook without a promise, because each hook costs time in every request.
  app.addHook('onRequest', (request, reply, done) => {
    const { routeOptions: route } = request;
    const { isHealthCheck = false, scope, vary } = route.config;
    request.route = route;
    request.connection = Connection.of(request);
    request.measurement = requestMetrics.begin(request, reply);
    reply.headers(securityHeaders).header('x-request-id', request.id);
    if (scope === 'write') reply.headers(crossOriginHeaders);
    request.byteCounter = bytesInFlight.beginCounting(request, performance.now());
    addUnanswered(request.connection, request);
    assertOneHost(request);
    if (isUnknownPath(request)) findPath(request);
    request.pageOrigin = webPages.originOf(request);
    if (!isHealthCheck) request.needsKey = needsKey(request);
    if (vary !== undefined) reply.header('vary', vary);
    // Preflights are answered after the check of the host and before the check of the key, because a preflight has no key.
    if (handleCors(request, reply)) return;
    // While the service stops, requests arrive only on connections that were already open. A retry may reach another instance, which can
    // serve it.
    if (stopping && !isHealthCheck)
      throw new Problem(503, 'The service is stopping.', { headers: { 'retry-after': '1' } });
    shedLoad(request);
    if (!isHealthCheck) authorize(request);
    assertMethod(request);
    assertRoute(request);
    if (!isHealthCheck) {
      setProject(request);
      usageLimiter.begin(request);
    }
    done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    closeIfUnread(request, reply);
    // A connection that stays open would delay the stop until it times out.
    if (stopping) reply.header('connection', 'close');
    // Frees the parsed body. It takes far more memory than was counted, and a slow client may take long to read the response.
    request.body = undefined;
    const isRepeatable = request.method === 'GET' && request.route.config.isHealthCheck !== true;
    const size = request.method === 'HEAD' ? 0 : sizeOf(payload);
    request.byteCounter.setResponse(size, isRepeatable && reply.statusCode < 400);
    request.usage?.finish(reply, size);
    done(
      null,
      typeof payload === 'string' && payload.length > minBufferedLength ? Buffer.from(payload) : payload,
    );
  });
  app.addHook('onResponse', (request, reply, done) => {
    request.measurement.end();
    request.connection.unanswered -= 1;
    request.byteCounter.endResponse();
    logRequest(request, reply);
    done();
  });
  // The domain validates input.
  app.setValidatorCompiler(() => (value: unknown) => ({ value }));
  decodeBodies(app);
  parseJsonBodies(app);
  await serveDocs(app, settings);
  await serveSite(app, settings);
  const deps = { ...settings, ...useCases, findPrincipal, usageLimiter, isStopping: () => stopping };
  const typedApp = app.withTypeProvider<TypeBoxTypeProvider>();
  for (const addRoute of allRoutes) await addRoute(typedApp, deps);
  addRefusingRoutes();
  // Must come last, so that the work of the start does not count as load.
  shedLoad = await loadShedding(app, maxEventLoopDelayMs);
});

/** Returns the size of a response body in bytes. Returns 0 for a stream, which holds only its small buffer. */
function sizeOf(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  return Buffer.isBuffer(payload) ? payload.length : 0;
}
