import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { routerOptions } from './requests/router-options.ts';
import { clientLimitOptions, limitClients } from './requests/server-limits.ts';

export interface ServerOptions {
  /** The maximum number of open connections. Further connections are closed without a response. */
  readonly maxConnections: number;
  readonly logger: FastifyBaseLogger;
}

export interface HttpServer {
  /** Resolves with the URL once the server accepts requests. Port 0 means any free port. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /**
   * Accepts no new connections and waits for the requests in progress. After a time limit, closes all connections even if requests are in
   * progress.
   */
  close(): Promise<void>;
}

/**
 * The schema compilers of every server. TypeScript checks responses instead: a serializer made from a schema would drop or change members
 * of metadata that the schema does not name. Without these, Fastify would load its own compilers, which are 110 modules.
 */
export const schemaController = {
  compilersFactory: {
    buildValidator: (): never => {
      throw new Error('Call `setValidatorCompiler` before you add a route with a schema.');
    },
    buildSerializer: () => () => JSON.stringify,
  },
};

/** Makes the Fastify instance of a server without the routes of the API. */
export function buildFastifyWithoutApi(
  { maxConnections, logger }: ServerOptions,
  return503OnClosing: boolean,
): FastifyInstance {
  const app: FastifyInstance = fastify({
    return503OnClosing,
    loggerInstance: logger,
    ...clientLimitOptions(),
    routerOptions,
    schemaController,
    logController: new LogController({ disableRequestLogging: true }),
  });
  limitClients(app, maxConnections, logger);
  return app;
}

/** Makes the server of a Fastify instance. Its `close` waits at most `closeTimeoutMs` for the requests in progress. */
export const makeHttpServer = (app: FastifyInstance, closeTimeoutMs = 5000): HttpServer => ({
  // Shortens the line that Fastify logs, because the program logs the URL itself.
  listen: ({ host, port }) => app.listen({ host, port, listenTextResolver: () => 'listening' }),
  async close() {
    const timer = setTimeout(() => app.server.closeAllConnections(), closeTimeoutMs);
    await app.close().finally(() => clearTimeout(timer));
  },
});
