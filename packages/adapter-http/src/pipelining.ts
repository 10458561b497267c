import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/**
 * The most requests of one connection that are under way at a time. Without a limit a client that sends questions by the
 * hundred and reads no answer would have us keep them all.
 */
const mostUnderWay = 8;
const underWay: WeakMap<Socket, number> = new WeakMap();

/** Counts a request; refuses one that came before earlier ones of its connection were answered, if they are many. */
export function countIn({ raw: { socket } }: FastifyRequest): void {
  const count = (underWay.get(socket) ?? 0) + 1;
  underWay.set(socket, count);
  if (count <= mostUnderWay) return;
  throw new Problem(503, `More than ${mostUnderWay} requests of this connection are not answered yet.`, {
    headers: { 'retry-after': '1', connection: 'close' },
  });
}

/** Its answer is sent, or the connection is gone. */
export function countOut({ raw: { socket } }: FastifyRequest): void {
  underWay.set(socket, Math.max(0, (underWay.get(socket) ?? 1) - 1));
}
