import type { FastifyRequest } from 'fastify';

/**
 * Calls `onEnd` when the connection of a request closes, unless the returned function was called before. Needed for pipelined requests:
 * when the connection closes, Node emits no event for a response that waits behind another response.
 */
export function onConnectionEnd({ raw: { socket } }: FastifyRequest, onEnd: () => void): () => void {
  // Turns off Node's warning about more than 10 listeners. Each pipelined request adds one to the socket.
  socket.setMaxListeners(0).on('close', onEnd);
  return () => socket.off('close', onEnd);
}
