import { Principal } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { routeOf } from './request-metrics.ts';

/** Logs a request with its response. The line has the route instead of the URL, whose query may name users. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const { id: requestId, method } = request;
  const line = { requestId, method, route: routeOf(request) ?? null, status: reply.statusCode };
  const ms = Math.round(reply.elapsedTime);
  const key = keyIdOf(request);
  // Uses the logger of the server: `request.log` would make a logger for this one line.
  request.server.log.info(key === undefined ? { ...line, ms } : { ...line, ms, key }, 'request');
}

/** Returns the id of the API key with which a request was sent. Root keys have no id. */
function keyIdOf({ principal }: Partial<Pick<FastifyRequest, 'principal'>>): string | undefined {
  return principal === undefined || principal === Principal.root || principal === Principal.anonymous
    ? undefined
    : principal.actor;
}
