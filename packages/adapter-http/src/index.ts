export { type ApiOptions, api } from './api.ts';
export { buildServer, type HttpServer, type HttpServerOptions } from './build-server.ts';
