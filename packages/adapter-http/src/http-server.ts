import type { FastifyInstance } from 'fastify';

/** A server that can listen. */
export interface HttpServer {
  /** Resolves with the URL once requests are served. Port 0 takes a free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Takes no more connections, finishes the requests that are under way, and ends; after a while without those that don't. */
  close(): Promise<void>;
}

/** How servers find routes: a slash at the end of a path is ignored, a repeated one is not. */
export const routing: { readonly ignoreTrailingSlash: true } = { ignoreTrailingSlash: true };

/** What an app needs of a Fastify instance. A close waits so long for requests that are under way. */
export const httpServer = (app: FastifyInstance, closeTimeoutMs = 5000): HttpServer => ({
  // The app says when it is ready, and with which URL.
  listen: ({ host, port }) => app.listen({ host, port, listenTextResolver: () => 'listening' }),
  async close() {
    const cut = setTimeout(() => app.server.closeAllConnections(), closeTimeoutMs);
    await app.close().finally(() => clearTimeout(cut));
  },
});
