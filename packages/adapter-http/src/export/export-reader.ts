import { type ActivityPage, DomainError, isDomainError } from '@user-activity/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { recheckKey } from '../requests/authorization.ts';
import { pageReader } from '../requests/page-reader.ts';
import { pause } from '../requests/prefer-wait.ts';
import { Problem } from '../requests/problem.ts';
import type { RouteDeps } from '../requests/route.ts';

// An export waits no longer than this for a page. A connection without traffic is closed only after a minute.
const maxBusyMs = 30_000;
const pauseSeconds = 1;

type ReadPage = (read: () => Promise<ActivityPage>) => Promise<ActivityPage>;

/**
 * Makes the function that reads the pages of an export. If the first page is refused, it throws as `pageReader` does. For a later page, it
 * waits up to 30 s while a limit is reached, the process is busy or the keys cannot be read. It throws if the client is gone, the key is no
 * longer valid or the service stops.
 */
export function exportReader(
  request: FastifyRequest,
  reply: FastifyReply,
  { findPrincipal, isStopping }: Pick<RouteDeps, 'findPrincipal' | 'isStopping'>,
  kind: 'page' | 'search',
): ReadPage {
  const readPage = pageReader(request, kind);
  let isFirst = true;

  /** Reads a page. Returns undefined if the page must wait. */
  const tryToRead = async (read: () => Promise<ActivityPage>): Promise<ActivityPage | undefined> => {
    if (reply.raw.destroyed) throw new Problem(400, 'The client is gone.');
    if (isStopping()) throw new Problem(503, 'The service is stopping.');
    const validity = recheckKey(request, findPrincipal);
    if (validity === 'ended')
      throw new Problem(401, 'The API key is no longer valid. Continue with another key and `after`.');
    return validity === 'unknown' ? undefined : readPage(read).catch(undefinedIfBusy);
  };

  return async (read) => {
    if (isFirst) {
      isFirst = false;
      return readPage(read);
    }
    for (const latest = performance.now() + maxBusyMs; performance.now() < latest; ) {
      const page = await tryToRead(read);
      if (page !== undefined) return page;
      await pause(reply, pauseSeconds);
    }
    throw new DomainError('PROCESS_BUSY', 'The export could not read its next page for 30 s.');
  };
}

/** Returns undefined if a limit of the key or of the process is reached. Throws all other errors. */
function undefinedIfBusy(error: unknown): undefined {
  const isBusy = isDomainError(error)
    ? error.kind === 'overloaded'
    : error instanceof Problem && error.status === 429;
  if (!isBusy) throw error;
}
