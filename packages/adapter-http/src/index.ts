export { buildHealthServer } from './build-health-server.ts';
export { buildServer } from './build-server.ts';
export type { HttpServer } from './http-server.ts';
export type { Telemetry } from './requests/route.ts';
export { reservedIds } from './openapi/reserved-ids.ts';
export { serveWhileStarting } from './starting-server.ts';
