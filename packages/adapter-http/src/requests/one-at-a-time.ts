import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { onConnectionEnd } from './connection-end.ts';

/** By connection, when the answer that was asked for last has been sent, or its connection has ended. */
const sent = new WeakMap<Socket, Promise<void>>();

/**
 * Has pipelined requests of one connection wait for the answer before theirs, which goes out first anyway (RFC 9112, section 9.3.2). So a
 * connection that asks for many pages and reads none holds one.
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
