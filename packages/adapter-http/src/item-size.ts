import type { FastifyInstance } from 'fastify';

/**
 * The maximum of bytes of one activity, event or call as JSON, decoded: 1 MiB. However it is escaped and spaced, a valid one
 * takes less; and to parse so much blocks others only briefly.
 */
export const maxItemBytes: number = 1024 * 1024;

/** The body limit of a route that takes one activity, event or call. */
export const itemBodyLimit = (app: FastifyInstance): number =>
  Math.min(maxItemBytes, app.initialConfig.bodyLimit ?? maxItemBytes);
