import type { FastifyRequest } from 'fastify';

type Socket = FastifyRequest['raw']['socket'];

const openRequests: WeakMap<Socket, Set<() => void>> = new WeakMap();

/**
 * Calls `end` when the connection of the request closes. Returns a function that cancels this. Node emits no event for answers that
 * wait behind another one when their connection closes.
 */
export function onConnectionEnd({ raw: { socket } }: FastifyRequest, end: () => void): () => void {
  let requests = openRequests.get(socket);
  if (requests === undefined) {
    const ends = new Set<() => void>();
    openRequests.set(socket, ends);
    socket.once('close', () => {
      for (const endOfRequest of ends) endOfRequest();
    });
    requests = ends;
  }
  const open = requests;
  open.add(end);
  return () => open.delete(end);
}
