import type { HttpResponse } from '../http-response.ts';
import type { Attack } from '../attack.ts';
import type { HttpRequest } from '../wire/send-request.ts';
import {
  metadataWithDeepFaults,
  gzipBatch,
  gzipCalls,
  gzipEvents,
  gzipLines,
  gzipRequest,
  jsonRequest,
  jsonArrayOf,
  times,
} from './payloads.ts';

/** The maximum size of a response that lists faults: 256 KiB for the errors, and 128 KiB for everything else. */
const maxFaultListBytes = 384 * 1024;
/** The response may be longer by this number of bytes for each item of the request. */
const maxBytesPerItem = 100;

/** The response to a batch. */
interface Receipt {
  readonly accepted?: number;
  readonly rejected?: readonly { readonly index: number; readonly errors: readonly unknown[] }[];
  readonly ids?: readonly (string | null)[];
  readonly omittedErrors?: number;
}

/** Checks that a receipt accepts or rejects each item. Returns a sentence for each fault of the receipt. */
function receiptFaults(response: HttpResponse | undefined, itemCount: number): readonly string[] {
  if (response?.status !== 202)
    return [`a batch with valid items was answered with ${response?.status ?? 'no response'}, not 202`];
  const { accepted, rejected = [], ids = [], omittedErrors } = JSON.parse(response.text) as Receipt;
  const rejectedIndexes = new Set(rejected.map(({ index }) => index));
  const faults: string[] = [];
  if ((accepted ?? 0) + rejected.length !== itemCount)
    faults.push(
      `${accepted} items were accepted and ${rejected.length} rejected, but the batch had ${itemCount} items`,
    );
  if (ids.length !== itemCount) faults.push(`the receipt has ${ids.length} ids for ${itemCount} items`);
  if (ids.some((id, index) => (id === null) !== rejectedIndexes.has(index)))
    faults.push('an accepted item has the id null, or a rejected item has an id');
  const unexplainedCount = rejected.filter(({ errors }) => errors.length === 0).length;
  if (unexplainedCount > 0 && !((omittedErrors ?? 0) >= unexplainedCount))
    faults.push(`${unexplainedCount} rejected items have no errors, but omittedErrors is ${omittedErrors}`);
  return faults;
}

/** Returns a sentence if the response is too large for a request with `itemCount` items. */
function sizeFaults(response: HttpResponse | undefined, itemCount: number): readonly string[] {
  const maxBytes = maxFaultListBytes + itemCount * maxBytesPerItem;
  if (response === undefined || response.responseBytes <= maxBytes) return [];
  return [
    `the response to ${itemCount} items has ${response.responseBytes} bytes; the maximum is ${maxBytes}`,
  ];
}

interface FaultyRequest extends Pick<Attack, 'name' | 'about' | 'isShort'> {
  /** The number of items in the request. */
  readonly itemCount: number;
  readonly makeRequest: () => HttpRequest;
  /** Whether some items are valid. If so, the response is a receipt. */
  readonly hasValidItems?: true;
}

const validItem = '{"userId":"u","type":"T"}';
const deepItem = (): string => `{"userId":"u","type":"T","metadata":${metadataWithDeepFaults()}}`;
/** A batch of `count` invalid items, with a valid item before and after them. */
const faultyBatch = (count: number, item: (index: number) => string): HttpRequest =>
  gzipBatch(count + 2, (index) => (index === 0 || index === count + 1 ? validItem : item(index)));

const unknownMembers = (count: number): string => times(count, (index) => `"n${index}":0`).join();
const eventWith = (data: string): string =>
  `{"specversion":"1.0","id":"e","source":"/s","type":"t","subject":"u","data":${data}}`;

const faultyRequests: readonly FaultyRequest[] = [
  {
    name: 's1-deep-paths',
    about: 'a batch of 2,000 items with 33 faults each at paths of 2 KB',
    isShort: true,
    itemCount: 2002,
    makeRequest: () => faultyBatch(2000, deepItem),
    hasValidItems: true,
  },
  {
    name: 's1-all-refused',
    about: 'the batch of s1-deep-paths without its valid items',
    itemCount: 2000,
    makeRequest: () => gzipBatch(2000, deepItem),
  },
  {
    name: 's1-atomic',
    about: 'the batch of s1-deep-paths with atomic=true',
    itemCount: 2002,
    makeRequest: () => ({ ...faultyBatch(2000, deepItem), path: '/api/logs/batch?atomic=true' }),
  },
  {
    name: 's1-unknown-names',
    about: 'a batch of 10,000 items with 40 unknown members each',
    isShort: true,
    itemCount: 10_000,
    makeRequest: () => faultyBatch(9998, () => `{${unknownMembers(40)}}`),
    hasValidItems: true,
  },
  {
    name: 's1-ndjson',
    about: '2,002 lines of NDJSON, half with faults at long paths, and half malformed',
    itemCount: 2002,
    makeRequest: () => {
      const lines = times(2002, (index) =>
        index % 2 === 1 ? deepItem() : index === 0 ? validItem : '{"a":[',
      );
      return gzipLines(lines.join('\n'));
    },
    hasValidItems: true,
  },
  {
    name: 's1-cloudevents',
    about: 'a CloudEvents batch of 2,000 events with faults at long paths in their data',
    itemCount: 2000,
    makeRequest: () => gzipEvents(2000, () => eventWith(metadataWithDeepFaults())),
  },
  {
    name: 's1-cloudevents-attributes',
    about: 'a CloudEvents batch of 5,000 events with 40 invalid attribute names each',
    itemCount: 5000,
    makeRequest: () =>
      gzipEvents(5000, () => `{"specversion":"9",${unknownMembers(40).replaceAll('"n', '"N_')}}`),
  },
  {
    name: 's1-segment',
    about: 'a Segment batch of 2,000 calls with faults at long paths',
    isShort: true,
    itemCount: 2000,
    makeRequest: () => {
      const call = `{"type":"track","event":"E","userId":"u","properties":${metadataWithDeepFaults()}}`;
      return gzipCalls(2000, () => call);
    },
  },
  {
    name: 's1-segment-names',
    about: 'a Segment batch of 10,000 calls of unknown types without a user',
    itemCount: 10_000,
    makeRequest: () => gzipCalls(10_000, () => '{"type":"x"}'),
  },
  {
    name: 's1-one-activity',
    about: 'one activity with 500,000 unknown members',
    isShort: true,
    itemCount: 1,
    makeRequest: () => gzipRequest('/api/logs', `{${unknownMembers(500_000)}}`),
  },
  {
    name: 's1-one-metadata',
    about: 'one activity with metadata of 30 KB that has 3,000 faults at long paths',
    itemCount: 1,
    makeRequest: () =>
      gzipRequest(
        '/api/logs',
        `{"userId":"u","type":"T","metadata":{"${'/'.repeat(10_000)}":[${times(3000, () => '1e999').join()}]}}`,
      ),
  },
  {
    name: 's1-long-name',
    about: 'one activity with a member whose name has 5 MB of slashes',
    itemCount: 1,
    makeRequest: () => gzipRequest('/api/logs', `{"userId":"u","type":"T","${'/'.repeat(5_000_000)}":0}`),
  },
  {
    name: 's1-replayed-ids',
    about: 'a replay of 10,000 malformed ids',
    isShort: true,
    itemCount: 10_000,
    makeRequest: () => gzipRequest('/api/dead-letters/replay', `{"ids":${jsonArrayOf(10_000, () => '7')}}`),
  },
  {
    name: 's1-query',
    about: 'a query with 1,500 unknown parameters',
    itemCount: 1,
    makeRequest: () => ({ path: `/api/logs?${times(1500, (index) => `a${index}=${index}`).join('&')}` }),
  },
  {
    name: 's1-many-ids',
    about: 'a batch of 10,000 items with ids that are not strings',
    itemCount: 10_000,
    makeRequest: () => {
      const items = times(10_000, () => ({ id: [], userId: {}, type: 7 }));
      return jsonRequest('/api/logs/batch', items);
    },
  },
];

/** S1: requests with very many faults, which could make the response very large. */
export const faultAttacks: readonly Attack[] = faultyRequests.map(
  ({ itemCount, makeRequest, hasValidItems, ...attack }): Attack => ({
    ...attack,
    async send(target) {
      await target.request(makeRequest());
    },
    check({ responses: [response] }) {
      return [
        ...sizeFaults(response, itemCount),
        ...(hasValidItems ? receiptFaults(response, itemCount) : []),
      ];
    },
  }),
);
