import type { FastifyRequest } from 'fastify';

type Socket = FastifyRequest['raw']['socket'];

const openRequests: WeakMap<Socket, Set<() => void>> = new WeakMap();

/** Calls `end` when the connection closes, until the result is called. Node emits no event for answers behind another one. */
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
