export type { ApiOptions } from './api.ts';
export { buildHealthServer, type HealthServerOptions } from './build-health-server.ts';
export { buildServer, type HttpServerOptions } from './build-server.ts';
export type { HttpServer } from './http-server.ts';
export type { ScrapeMetrics } from './requests/route.ts';
export { reservedIds } from './openapi/reserved-ids.ts';
export { serveWhileStarting, type StartingServer, type StartingServerOptions } from './starting-server.ts';
