import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { endAndLinger } from './lingering.ts';
import { Problem } from './problem.ts';

// Without a limit, a client that reads no response would fill the memory.
const maxUnanswered = 8;
const unanswered: WeakMap<Socket, number> = new WeakMap();
const refused: WeakSet<Socket> = new WeakSet();

/**
 * Returns whether this connection had too many unanswered requests, so that it closes after the refusal. Node may have read a thousand
 * further requests by then, which must be dropped.
 */
export const isRefused = (socket: Socket): boolean => refused.has(socket);

/** Counts a request as unanswered. Throws 503 if its connection has more than eight such requests. */
export function countIn({ raw: { socket } }: FastifyRequest): void {
  const count = (unanswered.get(socket) ?? 0) + 1;
  unanswered.set(socket, count);
  if (count <= maxUnanswered) return;
  refused.add(socket);
  // Node would resume after each dropped request, and read everything that the client sends.
  socket.pause();
  socket.resume = () => socket;
  // Node calls this after the last byte of the response.
  socket.destroySoon = () => endAndLinger(socket);
  throw new Problem(
    503,
    `This connection has more than ${maxUnanswered} unanswered requests. Wait for their responses before you send more.`,
    { headers: { 'retry-after': '1', connection: 'close' } },
  );
}

/** Counts a request as answered, once its response is sent or its connection is closed. */
export function countOut({ raw: { socket } }: FastifyRequest): void {
  unanswered.set(socket, Math.max(0, (unanswered.get(socket) ?? 1) - 1));
}
