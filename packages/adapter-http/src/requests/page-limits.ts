import { DomainError, maxPageBytes } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import pLimit from 'p-limit';

// Making a page takes several times the memory of its text, because the rows of the store are in memory too.
const maxConcurrentPages = 8;
// A search may take 10 s, so a further search may have to wait as long.
const maxWaitMs = 10_000;

/** Limits how many pages the process makes at once. Searches have a separate limit, because they take far longer than other pages. */
const limitByKind = { page: pLimit(maxConcurrentPages), search: pLimit(maxConcurrentPages) };

/**
 * Calls `make` as soon as fewer than eight pages of the kind are being made. Calls keep their order. Throws PROCESS_BUSY, without a query
 * to the store, if the wait took more than 10 s, the process has no room for the bytes of a page, or the client is gone.
 */
export const makePage = <Page>(
  { byteCounter }: FastifyRequest,
  kind: 'page' | 'search',
  make: () => Promise<Page>,
): Promise<Page> => {
  const latestStart = performance.now() + maxWaitMs;
  return limitByKind[kind](() => {
    if (performance.now() > latestStart)
      throw new DomainError(
        'PROCESS_BUSY',
        'The service makes too many pages at once: this page waited for 10 s. Try again later.',
      );
    byteCounter.reserveResponse(maxPageBytes);
    return make();
  });
};

/**
 * Makes a pipelined request wait until the previous response is sent. Responses must be sent in the order of the requests anyway (RFC 9112,
 * section 9.3.2). This way, a client that requests many pages and reads none takes the memory of only one page.
 */
export async function waitForPrevious(
  { connection }: FastifyRequest,
  { raw: reply }: FastifyReply,
): Promise<void> {
  const previousResponseSent = connection.newestResponseSent;
  const { promise, resolve } = Promise.withResolvers<void>();
  connection.newestResponseSent = promise;
  const openRequest = { endWithConnection: resolve };
  connection.add(openRequest);
  reply.once('close', () => {
    connection.remove(openRequest);
    resolve();
  });
  await previousResponseSent;
}
