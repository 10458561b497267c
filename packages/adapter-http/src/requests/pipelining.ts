import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Connection } from './connection.ts';
import { endAndLinger } from './lingering.ts';
import { Problem } from './problem.ts';

// Per connection. Without a limit, a client that sends requests and reads no response would fill the memory.
const maxUnanswered = 8;
const refusedSockets: WeakSet<Socket> = new WeakSet();

/**
 * Returns whether a connection had too many unanswered requests. Such a connection closes after the 503. Node may already have read a
 * thousand further requests from it, which must be dropped.
 */
export const isRefusedSocket = (socket: Socket): boolean => refusedSockets.has(socket);

/** Counts a request as unanswered. Throws 503 if its connection has more than eight such requests. */
export function addUnanswered(connection: Connection, { raw: { socket } }: FastifyRequest): void {
  connection.unanswered += 1;
  if (connection.unanswered <= maxUnanswered) return;
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
