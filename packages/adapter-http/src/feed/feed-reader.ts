import type { FeedPage } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { makePage } from '../requests/page-limits.ts';
import { timeSearch } from '../requests/request-usage.ts';

/** Makes a function that reads pages within the limits of the process and of the key. While the request waits for news, it holds no bytes. */
export const feedReader =
  (request: FastifyRequest) =>
  async (read: () => Promise<FeedPage>): Promise<FeedPage> => {
    // A stream may have reached a limit since the request began.
    request.usage?.assertRoom();
    let bytes = 0;
    try {
      const page = await makePage(request, 'page', () => timeSearch(request, read));
      bytes = page.activities.reduce((sum, activity) => sum + activity.maxTextBytes(), 0);
      return page;
    } finally {
      request.byteCounter.holdResponse(bytes);
    }
  };
