import type { CheckHealth } from '@user-activity/application';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { answerError } from './requests/error-handling.ts';
import { health } from './routes/health.ts';
import { type HttpServer, httpServer, routing } from './http-server.ts';
import { Problem, sendProblem } from './requests/problem.ts';
import { clientLimits, limitClients } from './requests/server-limits.ts';

/** Answers for a process while it waits for its log and store. */
export interface StartingServer {
  /**
   * Closes, and has `server` listen on the same address. Resolves with the URL. For a moment in between, connections are refused.
   */
  handOver(server: HttpServer): Promise<string>;
  close(): Promise<void>;
}

/** The options of a `StartingServer`. */
export interface StartingServerOptions {
  /** Tells which of log and store are still missing. */
  readonly checkHealth: CheckHealth;
  readonly host: string;
  readonly port: number;
  /** The maximum of open connections; more are closed unanswered. */
  readonly maxConnections: number;
  readonly logger: FastifyBaseLogger;
}

/** Listens at once. Answers `/health/live` with 200, `/health/ready` with 503 and what is missing, and all else with 503 and `Retry-After`. */
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
  // Runs before the body is read: a 413 or 415 would mislead the client.
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
