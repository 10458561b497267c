import type { Socket } from 'node:net';
import { DomainError, maxPageBytes } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import pLimit from 'p-limit';
import { onConnectionEnd } from './connection-end.ts';

// A page takes several times its bytes while it is made: as rows of the store, and as text.
const maxAtATime = 8;
// A search may take 10 s, so those behind it may wait that long for a place.
const maxWaitMs = 10_000;

/** The places for pages in this process. Searches have their own, because they take far longer than other queries. */
const places = { page: pLimit(maxAtATime), search: pLimit(maxAtATime) };

/**
 * Makes a page once a place for its kind is free, first come, first served. Throws PROCESS_BUSY, without a query to the store, if the
 * budget has no room for a page, the wait took more than 10 s, or the client is gone.
 */
export const makePage = <Page>(
  { bytes }: FastifyRequest,
  kind: 'page' | 'search',
  make: () => Promise<Page>,
): Promise<Page> => {
  const latestStart = performance.now() + maxWaitMs;
  return places[kind](() => {
    if (performance.now() > latestStart)
      throw new DomainError('PROCESS_BUSY', 'The service makes too many pages: this one waited for 10 s.');
    bytes.expectAnswer(maxPageBytes);
    return make();
  });
};

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
