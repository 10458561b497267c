import type { FastifyInstance } from 'fastify';

/**
 * The maximum of bytes of one activity, event or call as JSON, decoded: 1 MiB. The largest metadata, 256 KiB, fits even if each
 * character beyond ASCII is escaped, which triples its length. Parsing that much blocks other requests only briefly.
 */
export const maxItemBytes: number = 1024 * 1024;

/** The body limit of a route that takes one activity, event or call. */
export const itemBodyLimit = (app: FastifyInstance): number =>
  Math.min(maxItemBytes, app.initialConfig.bodyLimit ?? maxItemBytes);
