import { setTimeout as delay } from 'node:timers/promises';
import type { Attack } from '../attack.ts';
import type { Target } from '../target.ts';
import { gzipBatch, rawHeaders, times, waitingRequest } from './payloads.ts';

const escapedItem = (index: number): string => {
  const members = times(1200, (key) => `"\\u0001${(key + index).toString(36)}":1`);
  return `{"id":"escaped-${index}","userId":"u","type":"ESCAPED","metadata":{${members.join()}}}`;
};
const plainItem = (index: number): string =>
  `{"id":"large-${index}","userId":"u","type":"LARGE","metadata":{"text":"${'x'.repeat(30_000)}"}}`;

/** Stores 500 activities of 15 to 30 KB each. `item` returns the JSON of the activity at an index. */
async function storeActivities(target: Target, item: (index: number) => string): Promise<void> {
  for (const firstIndex of [0, 250]) {
    await target.request(gzipBatch(250, (index) => item(firstIndex + index)));
  }
  await target.request(waitingRequest('{"userId":"u","type":"LAST"}'));
}

const escapedPagePath = '/api/logs?type=ESCAPED&limit=500';
const largePagePath = '/api/logs?type=LARGE&limit=500';

/** Reads page after page until the last page or an error. Returns the number of activities on the pages. */
async function countOnPages(target: Target, path: string): Promise<number> {
  let count = 0;
  for (let cursor = ''; ; ) {
    const { status, text } = await target.request({ path: `${path}${cursor}` });
    if (status !== 200) return count;
    const page = JSON.parse(text) as {
      readonly data: readonly unknown[];
      readonly pagination: { readonly nextCursor: string | null };
    };
    count += page.data.length;
    if (page.pagination.nextCursor === null) return count;
    cursor = `&cursor=${encodeURIComponent(page.pagination.nextCursor)}`;
  }
}

/** Calls `storeActivities`, unless an earlier attack has already stored these activities. `page` is a path that lists them. */
async function storeOnce(target: Target, page: string, item: (index: number) => string): Promise<void> {
  const { text } = await target.request({ path: page.replace('500', '1') });
  if (text.startsWith('{"data":[]')) await storeActivities(target, item);
}

/** S2 and S9: responses that are slow to make. S3: responses that the client does not read. */
export const pageAttacks: readonly Attack[] = [
  {
    name: 's2-page-of-escapes',
    about: 'a page of 500 activities with 15 KB of escaped keys each',
    isShort: true,
    prepare: (target) => storeOnce(target, escapedPagePath, escapedItem),
    async send(target) {
      await target.request({ path: escapedPagePath });
    },
    async check(target) {
      const count = await countOnPages(target, escapedPagePath);
      return count === 500 ? [] : [`the pages hold ${count} of 500 activities`];
    },
  },
  {
    name: 's2-pages-at-once',
    about: 'the page of s2-page-of-escapes eight times at once, with single activities and a count',
    prepare: (target) => storeOnce(target, escapedPagePath, escapedItem),
    async send(target) {
      await target.requestAll([
        ...times(8, () => ({ path: escapedPagePath })),
        ...times(8, (index) => ({ path: `/api/logs/escaped-${index}` })),
        { path: '/api/logs/count?type=ESCAPED&userId=u' },
        { path: '/api/logs?userId=u&metadata.a=1&limit=500' },
      ]);
    },
  },
  {
    name: 's2-sent-again',
    about: 'the activities of s2-page-of-escapes sent again, so that the store must compare them',
    prepare: (target) => storeOnce(target, escapedPagePath, escapedItem),
    async send(target) {
      await storeActivities(target, escapedItem);
    },
  },
  {
    name: 's3-unread-pages',
    about: 'eight connections that request eight pages of 15 MB each, and read nothing',
    isShort: true,
    prepare: (target) => storeOnce(target, largePagePath, plainItem),
    send: (target) => sendUnread(target, 8, rawHeaders(`GET ${largePagePath}`).repeat(8)),
  },
  {
    name: 's3-unread-singles',
    about: '100 connections that request a page of 15 MB each, and read nothing',
    prepare: (target) => storeOnce(target, largePagePath, plainItem),
    send: (target) => sendUnread(target, 100, rawHeaders(`GET ${largePagePath}`)),
  },
  {
    name: 's3-unread-documents',
    about: '200 connections that request the OpenAPI document eight times each, and read nothing',
    send: (target) => sendUnread(target, 200, rawHeaders('GET /openapi.json').repeat(8)),
  },
  {
    name: 's3-unread-refusals',
    about: '20 connections that send 5,000 requests each for an unknown path, and read nothing',
    isShort: true,
    send: (target) => sendUnread(target, 20, rawHeaders('GET /nothing').repeat(5000)),
  },
  {
    name: 's3-unread-exports',
    about: '40 connections that request an export of 15 MB each, compressed or not, and read nothing',
    isShort: true,
    prepare: (target) => storeOnce(target, largePagePath, plainItem),
    async send(target) {
      const plain = rawHeaders('GET /api/logs/export?type=LARGE');
      const compressed = rawHeaders('GET /api/logs/export?type=LARGE&format=csv', 'Accept-Encoding: gzip');
      await Promise.all([sendUnread(target, 20, plain), sendUnread(target, 20, compressed)]);
    },
  },
  {
    name: 's2-exports-at-once',
    about: 'eight exports at once, each of 500 activities with 15 KB of escaped keys',
    prepare: (target) => storeOnce(target, escapedPagePath, escapedItem),
    async send(target) {
      await target.requestAll(times(8, () => ({ path: '/api/logs/export?format=csv&type=ESCAPED' })));
    },
  },
  {
    name: 's9-statistics-of-series',
    about: 'ten requests at once for statistics by minute and user, over 100 users',
    async prepare(target) {
      await target.request(gzipBatch(1000, seriesItem));
      await target.request(waitingRequest(seriesItem(999)));
    },
    async send(target) {
      const path = '/api/logs/stats?by=minute,userId&type=SERIES&timezone=America/St_Johns';
      await target.requestAll(times(10, () => ({ path })));
    },
  },
  {
    name: 's9-statistics',
    about:
      'ten requests at once for statistics by hour over 54 years, in a time zone with daylight saving time',
    async send(target) {
      const range = 'from=1972-01-01T00:00:00Z&to=2026-01-01T00:00:00Z';
      const path = `/api/logs/stats?by=hour&timezone=America/St_Johns&${range}`;
      await target.requestAll(times(10, () => ({ path })));
    },
  },
  {
    name: 's9-statistics-of-ages',
    about:
      'ten requests at once for statistics by minute, in ten time zones, over 2,000 years with an activity in every fifth year',
    isShort: true,
    async prepare(target) {
      await target.request(gzipBatch(ageCount, ageItem));
      await target.request(waitingRequest(ageItem(ageCount - 1)));
    },
    async send(target) {
      await target.requestAll(zones.map((zone) => ({ path: `${ageStatsPath}&timezone=${zone}` })));
    },
    async check(target) {
      const { status, text } = await target.request({ path: ageStatsPath });
      const groupCount = text.split('"key"').length - 1;
      return groupCount === ageCount
        ? []
        : [
            `statistics of ${ageCount} activities were answered with ${status} and ${groupCount} groups; ${ageCount} groups were expected`,
          ];
    },
  },
];

const ageCount = 400;
const ageStatsPath = '/api/logs/stats?by=minute&userId=ages';
const ageItem = (index: number): string => {
  const year = String(5 * index).padStart(4, '0');
  return `{"id":"age-${index}","userId":"ages","type":"AGE","createdAt":"${year}-01-02T00:00:00Z"}`;
};
const seriesItem = (index: number): string =>
  `{"id":"series-${index}","userId":"series-${index % 100}","type":"SERIES","createdAt":"${1990 + (index % 30)}-01-02T00:00:00Z"}`;
const zones = [
  'America/St_Johns',
  'America/New_York',
  'America/Santiago',
  'Africa/Cairo',
  'Europe/Berlin',
  'Europe/London',
  'Asia/Jerusalem',
  'Asia/Beirut',
  'Australia/Sydney',
  'Pacific/Auckland',
];

/** Sends requests on each of `count` connections and reads no responses. Then waits, so that the service can process the requests. */
async function sendUnread(target: Target, count: number, requests: string): Promise<void> {
  const connections = await Promise.all(times(count, () => target.open()));
  await Promise.all(
    connections.map((connection) => Promise.race([connection.stopReading().write(requests), pause()])),
  );
  await pause();
}

const pause = (): Promise<void> => delay(700);
