import type { Socket } from 'node:net';
import { DomainError, maxPageBytes } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import pLimit from 'p-limit';
import { onConnectionEnd } from './connection-end.ts';

// While a page is made, it takes several times its bytes, as rows of the store and as text.
const maxConcurrent = 8;
// A search may take 10 s, and the next search waits for it.
const maxWaitMs = 10_000;

/** Limits how many pages the process makes at once. Searches have a limit of their own, because they take far longer. */
const limits = { page: pLimit(maxConcurrent), search: pLimit(maxConcurrent) };

/**
 * Makes a page as soon as fewer than eight pages of its kind are being made. Calls keep their order. Throws PROCESS_BUSY, without a query to
 * the store, if the wait took more than 10 s, the process has no room for the bytes of a page, or the client is gone.
 */
export const makePage = <Page>(
  { bytes }: FastifyRequest,
  kind: 'page' | 'search',
  make: () => Promise<Page>,
): Promise<Page> => {
  const latestStart = performance.now() + maxWaitMs;
  return limits[kind](() => {
    if (performance.now() > latestStart)
      throw new DomainError(
        'PROCESS_BUSY',
        'The service makes too many pages at once: this page waited for 10 s. Try again later.',
      );
    bytes.expectResponse(maxPageBytes);
    return make();
  });
};

/** Per connection, a promise that resolves when the response to the newest request is sent, or the connection has closed. */
const newestSent = new WeakMap<Socket, Promise<void>>();

/**
 * Makes a pipelined request wait until the previous response is sent. Responses are in the order of the requests anyway (RFC 9112, section
 * 9.3.2). So a client that requests many pages and reads none fills the memory with only one page.
 */
export async function oneAtATime(request: FastifyRequest, { raw: reply }: FastifyReply): Promise<void> {
  const { socket } = request.raw;
  const previousSent = newestSent.get(socket);
  const { promise, resolve } = Promise.withResolvers<void>();
  newestSent.set(socket, promise);
  const stopWatching = onConnectionEnd(request, resolve);
  reply.once('close', () => {
    stopWatching();
    resolve();
  });
  await previousSent;
}
