import { maxPageBytes, type StoredActivity } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { makePage } from './page-limits.ts';
import { runLimitedSearch } from './request-usage.ts';

/**
 * Makes a function that reads several pages for one response, within the limits of the process and of the key. While it reads a page, the
 * maximum size of a page is reserved. Until the next call, only the size of the activities that it returned counts.
 */
export const pageReader =
  (request: FastifyRequest, kind: 'page' | 'search') =>
  async <Page extends { readonly activities: readonly StoredActivity[] }>(
    read: () => Promise<Page>,
  ): Promise<Page> => {
    // The request may have reached a limit since it began.
    request.usage?.assertRoom();
    let bytes = 0;
    try {
      const page = await makePage(request, kind, () => runLimitedSearch(request, read));
      // A page ends before it exceeds the maximum, and one activity alone is far below it.
      const maxBytes = page.activities.reduce((sum, activity) => sum + activity.maxTextBytes(), 0);
      bytes = Math.min(maxBytes, maxPageBytes);
      return page;
    } finally {
      request.byteCounter.holdResponse(bytes);
    }
  };
