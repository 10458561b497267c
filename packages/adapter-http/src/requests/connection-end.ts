import type { FastifyRequest } from 'fastify';

/**
 * Calls `end` when the connection of a request closes, unless the returned function was called before. Needed for pipelined requests:
 * Node emits no event for a response that waits behind another response.
 */
export function onConnectionEnd({ raw: { socket } }: FastifyRequest, end: () => void): () => void {
  // Node would warn of a leak above 10 listeners, which a few pipelined requests have.
  socket.setMaxListeners(0).on('close', end);
  return () => socket.off('close', end);
}
