import type { FastifyRequest } from 'fastify';

type Socket = FastifyRequest['raw']['socket'];

const openRequests: WeakMap<Socket, Set<() => void>> = new WeakMap();

/**
 * Calls back when the connection of the request closes, unless the function that it returns was called before. Node forgets the
 * answers that wait behind another one: no event of theirs tells that the connection is gone.
 */
export function onConnectionEnd({ raw: { socket } }: FastifyRequest, end: () => void): () => void {
  let requests = openRequests.get(socket);
  if (requests === undefined) {
    const all = new Set<() => void>();
    openRequests.set(socket, all);
    socket.once('close', () => {
      for (const each of all) each();
    });
    requests = all;
  }
  const open = requests;
  open.add(end);
  return () => open.delete(end);
}
