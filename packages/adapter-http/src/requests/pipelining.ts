import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { endAndLinger } from './lingering.ts';
import { Problem } from './problem.ts';

// Per connection. Without a limit, a client that sends requests and reads no response would fill the memory.
const maxUnanswered = 8;
const unansweredBySocket: WeakMap<Socket, number> = new WeakMap();
const refusedSockets: WeakSet<Socket> = new WeakSet();

/**
 * Returns whether a connection had too many unanswered requests. Such a connection closes after the 503. Node may already have read a
 * thousand further requests from it, which must be dropped.
 */
export const isRefusedSocket = (socket: Socket): boolean => refusedSockets.has(socket);

/** Counts a request as unanswered. Throws 503 if its connection has more than eight such requests. */
export function addUnanswered({ raw: { socket } }: FastifyRequest): void {
  const count = (unansweredBySocket.get(socket) ?? 0) + 1;
  unansweredBySocket.set(socket, count);
  if (count <= maxUnanswered) return;
  refusedSockets.add(socket);
  // Node would call `resume` after each dropped request, and read everything that the client sends.
  socket.pause();
  socket.resume = () => socket;
  // Node calls `destroySoon` after the last byte of the response.
  socket.destroySoon = () => endAndLinger(socket);
  throw new Problem(
    503,
    `This connection has more than ${maxUnanswered} unanswered requests. Wait for their responses before you send more.`,
    { headers: { 'retry-after': '1', connection: 'close' } },
  );
}

/** Counts a request as answered, once its response is sent or its connection is closed. */
export function removeUnanswered({ raw: { socket } }: FastifyRequest): void {
  unansweredBySocket.set(socket, Math.max(0, (unansweredBySocket.get(socket) ?? 1) - 1));
}
