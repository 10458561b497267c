import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { endAndLinger } from './lingering.ts';
import { Problem } from './problem.ts';

/** The maximum of unanswered requests of one connection. A client that reads no answer would fill the memory. */
const maxUnanswered = 8;
const unanswered: WeakMap<Socket, number> = new WeakMap();
const refused: WeakSet<Socket> = new WeakSet();

/**
 * Whether a request of this connection was one too many, so that the connection closes after that answer. Node reads 64 KiB at once,
 * which can hold a thousand requests: those behind the refused one are dropped unread.
 */
export const isRefused = (socket: Socket): boolean => refused.has(socket);

/** Counts a request. Throws 503 if its connection has too many unanswered requests. */
export function countIn({ raw: { socket } }: FastifyRequest): void {
  const count = (unanswered.get(socket) ?? 0) + 1;
  unanswered.set(socket, count);
  if (count <= maxUnanswered) return;
  refuse(socket);
  throw new Problem(
    503,
    `This connection has more than ${maxUnanswered} unanswered requests. Wait for answers before you send more.`,
    { headers: { 'retry-after': '1', connection: 'close' } },
  );
}

function refuse(socket: Socket): void {
  refused.add(socket);
  // Node would read on after each request that is dropped, and parse all that the client has sent.
  socket.pause();
  socket.resume = () => socket;
  // Node calls this after the last byte of the answer. What the client has sent is unread then.
  socket.destroySoon = () => endAndLinger(socket);
}

/** Uncounts a request whose answer is sent, or whose connection is closed. */
export function countOut({ raw: { socket } }: FastifyRequest): void {
  unanswered.set(socket, Math.max(0, (unanswered.get(socket) ?? 1) - 1));
}
