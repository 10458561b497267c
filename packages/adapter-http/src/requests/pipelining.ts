import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/**
 * The most requests of one connection that are under way at a time. Without a limit a client that sends questions by the
 * hundred and reads no answer would have us keep them all.
 */
const maxUnderWay = 8;
const underWay: WeakMap<Socket, number> = new WeakMap();
const refused: WeakSet<Socket> = new WeakSet();

/**
 * Whether a request of this connection was refused for their number, so that it closes after that answer. 64 KiB hold a thousand
 * requests, which Node reads in one turn: those behind the refused one are not worth the work.
 */
export const isRefused = (socket: Socket): boolean => refused.has(socket);

/** Counts a request. Throws 503 if it came before earlier ones of its connection were answered, and they are many. */
export function countIn({ raw: { socket } }: FastifyRequest): void {
  const count = (underWay.get(socket) ?? 0) + 1;
  underWay.set(socket, count);
  if (count <= maxUnderWay) return;
  refused.add(socket);
  throw new Problem(503, `More than ${maxUnderWay} requests of this connection are not answered yet.`, {
    headers: { 'retry-after': '1', connection: 'close' },
  });
}

/** Its answer is sent, or the connection is gone. */
export function countOut({ raw: { socket } }: FastifyRequest): void {
  underWay.set(socket, Math.max(0, (underWay.get(socket) ?? 1) - 1));
}
