import type { CheckHealth } from '@user-activity/application';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { answerError } from './requests/error-handling.ts';
import { health } from './routes/health.ts';
import { type HttpServer, httpServer, type ServerOptions, serverWithoutApi } from './http-server.ts';
import { Problem, sendProblem } from './requests/problem.ts';

/** Answers for a process while it waits for its log and store. */
export interface StartingServer {
  /** Closes, and has `server` listen on the same address. Resolves with the URL. In between, connections are refused. */
  handOver(server: HttpServer): Promise<string>;
  close(): Promise<void>;
}

/** The options of a `StartingServer`. */
export interface StartingServerOptions extends ServerOptions {
  /** Tells which of log and store are still missing. */
  readonly checkHealth: CheckHealth;
  readonly host: string;
  readonly port: number;
}

/** Listens at once. Answers `/health/live` with 200, `/health/ready` with 503 and what is missing, and all else with 503 and `Retry-After`. */
export async function serveWhileStarting(options: StartingServerOptions): Promise<StartingServer> {
  const { checkHealth, host, port } = options;
  const app = serverWithoutApi(options, true);
  app.setErrorHandler(answerError);
  health(app.withTypeProvider<TypeBoxTypeProvider>(), { checkHealth, isStopping: () => false });
  // Runs before the body is read: a 413 or 415 would mislead the client.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) sendProblem(reply, starting());
    else done();
  });
  const server = httpServer(app, 500);
  const url = await server.listen({ host, port });
  return {
    close: () => server.close(),
    async handOver(to) {
      await server.close();
      return to.listen({ host, port: port === 0 ? Number(new URL(url).port) : port });
    },
  };
}

const starting = (): Problem =>
  new Problem(503, 'The service is starting: it waits for its log and store.', {
    headers: { 'retry-after': '5', connection: 'close' },
  });
