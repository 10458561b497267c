import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { onConnectionEnd } from './connection-end.ts';

/** By connection: settled when the newest answer has been sent, or the connection has closed. */
const sent = new WeakMap<Socket, Promise<void>>();

/**
 * Makes a pipelined request wait until the answer before its own is sent (RFC 9112, section 9.3.2, orders them anyway). So a connection
 * that requests many pages and reads none holds only one in memory.
 */
export async function oneAtATime(request: FastifyRequest, { raw: reply }: FastifyReply): Promise<void> {
  const { socket } = request.raw;
  const before = sent.get(socket);
  const { promise, resolve } = Promise.withResolvers<void>();
  sent.set(socket, promise);
  const settle = onConnectionEnd(request, resolve);
  reply.once('close', () => {
    settle();
    resolve();
  });
  await before;
}
