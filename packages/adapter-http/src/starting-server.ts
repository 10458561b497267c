import type { CheckHealth } from '@user-activity/application';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { answerError } from './requests/error-handling.ts';
import { healthRoutes } from './routes/health.ts';
import {
  type HttpServer,
  makeHttpServer,
  type ServerOptions,
  buildFastifyWithoutApi,
} from './http-server.ts';
import { Problem, sendProblem } from './requests/problem.ts';

/** A server for the time in which a process waits until its log and its store are available. */
export interface StartingServer {
  /** Closes this server, then lets `nextServer` listen on the same address. Resolves with the URL. In between, no server listens. */
  handOver(nextServer: HttpServer): Promise<string>;
  close(): Promise<void>;
}

export interface StartingServerOptions extends ServerOptions {
  readonly checkHealth: CheckHealth;
  readonly host: string;
  readonly port: number;
}

/**
 * Starts a server that answers `/health/live` with 200, and `/health/ready` with 503 and the state of log and store. Every other path gets
 * 503 with `Retry-After`.
 */
export async function serveWhileStarting(options: StartingServerOptions): Promise<StartingServer> {
  const { checkHealth, host, port } = options;
  const app = buildFastifyWithoutApi(options, true);
  app.setErrorHandler(answerError);
  healthRoutes(app.withTypeProvider<TypeBoxTypeProvider>(), { checkHealth, isStopping: () => false });
  // This hook runs before the body is read: a 413 or 415 would mislead the client.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) sendProblem(reply, startingProblem);
    else done();
  });
  const server = makeHttpServer(app, 500);
  const url = await server.listen({ host, port });
  return {
    close: () => server.close(),
    async handOver(nextServer) {
      await server.close();
      return nextServer.listen({ host, port: port === 0 ? Number(new URL(url).port) : port });
    },
  };
}

const startingProblem = new Problem(503, 'The service is starting: it waits for its log and its store.', {
  headers: { 'retry-after': '5', connection: 'close' },
});
