import { maxPageBytes } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import pLimit, { type LimitFunction } from 'p-limit';
import { busy } from './bytes-in-flight.ts';

// A page in the making takes several times its bytes, in the store's rows and as text. Those of 16 pages fit beside the budget.
const maxPages = 8;
// A search may take 10 s: others that come meanwhile get their turn, or 503.
const maxWaitMs = 10_000;

/** The pages that are made at a time in this process. Searches have places of their own, as they take far longer than other questions. */
const places: Readonly<Record<'page' | 'search', LimitFunction>> = {
  page: pLimit(maxPages),
  search: pLimit(maxPages),
};

/**
 * Makes a page when one of the places for its kind is free, first come, first served. Throws PROCESS_BUSY if the budget has no room
 * for a page, the wait was longer than 10 s, or the client is gone: then nothing is asked of the store.
 */
export const makePage = <Page>(
  { bytes }: FastifyRequest,
  kind: 'page' | 'search',
  make: () => Promise<Page>,
): Promise<Page> => {
  const latestStart = performance.now() + maxWaitMs;
  return places[kind](() => {
    if (performance.now() > latestStart) throw busy();
    bytes.expectAnswer(maxPageBytes);
    return make();
  });
};
