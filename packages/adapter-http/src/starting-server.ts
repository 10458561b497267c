import type { CheckHealth } from '@user-activity/application';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { answerError } from './requests/error-handling.ts';
import { health } from './routes/health.ts';
import { type HttpServer, httpServer, routing } from './http-server.ts';
import { Problem, sendProblem } from './requests/problem.ts';
import { clientLimits, limitClients } from './requests/server-limits.ts';

/** Answers for a process that waits for its log and store. */
export interface StartingServer {
  /**
   * Gives its address to a server that serves everything; resolves with the URL. For a moment in between, connections are
   * refused.
   */
  handOver(server: HttpServer): Promise<string>;
  close(): Promise<void>;
}

/** A server for the time of a start. */
export interface StartingServerOptions {
  /** How far the start is. */
  readonly checkHealth: CheckHealth;
  readonly host: string;
  readonly port: number;
  /** The most open connections; more are closed unanswered. */
  readonly maxConnections: number;
  readonly logger: FastifyBaseLogger;
}

/** Listens at once: `/health/live` is 200, `/health/ready` 503 with what is missing, and all else 503 with `Retry-After`. */
export async function serveWhileStarting(options: StartingServerOptions): Promise<StartingServer> {
  const { checkHealth, host, port, maxConnections, logger } = options;
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    ...clientLimits(),
    routerOptions: routing,
    logController: new LogController({ disableRequestLogging: true }),
  });
  limitClients(app, maxConnections, logger);
  app.setErrorHandler(answerError);
  await app.register(health, { checkHealth, isStopping: () => false });
  // Before a body is looked at: a client must not take its media type or length for the fault.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) sendProblem(reply, starting());
    else done();
  });
  const server = httpServer(app, 500);
  const url = await server.listen({ host, port });
  const close = () => server.close();
  return {
    close,
    async handOver(to) {
      await close();
      return to.listen({ host, port: port === 0 ? Number(new URL(url).port) : port });
    },
  };
}

const starting = (): Problem =>
  new Problem(503, 'The service is starting: it waits for its log and store.', {
    headers: { 'retry-after': '5', connection: 'close' },
  });
