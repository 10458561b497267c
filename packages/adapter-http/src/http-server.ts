import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { clientLimits, limitClients } from './requests/server-limits.ts';

/** The options that every server has. */
export interface ServerOptions {
  /** The maximum of open connections; more are closed unanswered. */
  readonly maxConnections: number;
  readonly logger: FastifyBaseLogger;
}

/** A server that can listen. */
export interface HttpServer {
  /** Resolves with the URL once requests are served. Port 0 takes a free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Takes no more connections, and finishes the requests in progress. Closes those that take longer than the time limit. */
  close(): Promise<void>;
}

/** How servers find routes: one slash at the end of a path is ignored. */
export const routing = { ignoreTrailingSlash: true };

/** Makes the Fastify instance of a server without the API. */
export function serverWithoutApi(
  { maxConnections, logger }: ServerOptions,
  return503OnClosing: boolean,
): FastifyInstance {
  const app: FastifyInstance = fastify({
    return503OnClosing,
    loggerInstance: logger,
    ...clientLimits(),
    routerOptions: routing,
    logController: new LogController({ disableRequestLogging: true }),
  });
  limitClients(app, maxConnections, logger);
  return app;
}

/** The server of a Fastify instance. A close waits at most `closeTimeoutMs` for requests in progress. */
export const httpServer = (app: FastifyInstance, closeTimeoutMs = 5000): HttpServer => ({
  // Replaces the log line with the URL: the app logs its own.
  listen: ({ host, port }) => app.listen({ host, port, listenTextResolver: () => 'listening' }),
  async close() {
    const cut = setTimeout(() => app.server.closeAllConnections(), closeTimeoutMs);
    await app.close().finally(() => clearTimeout(cut));
  },
});
