import type { Attack } from '../attack.ts';
import type { HttpRequest } from '../wire/send-request.ts';
import { gzipBatch, gzipCalls, gzipEvents, gzipLines, jsonArrayOf, times } from './payloads.ts';

const nestedArrays = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** Makes an attack by `count` requests at the same time. If `makeRequest` has no parameter, it is called once, and all requests are equal. */
const burstAttack = (
  name: string,
  count: number,
  about: string,
  makeRequest: (index: number) => HttpRequest,
): Attack => ({
  name,
  about,
  async send(target) {
    const requests =
      makeRequest.length === 0 ? Array<HttpRequest>(count).fill(makeRequest(0)) : times(count, makeRequest);
    await target.requestAll(requests);
  },
});

/** S9 and S3: several bodies at the same time, each slow to parse or large when parsed. */
export const bodiesAtOnce: readonly Attack[] = [
  burstAttack('s9-many-at-once', 8, '8 bodies of 10 MB of escaped keys at once', () =>
    gzipBatch(800_000, () => '{"\\n":1}'),
  ),
  burstAttack(
    's9-many-small-batches',
    10,
    '10 Segment batches of 10,000 zeros instead of calls, at once',
    () => gzipCalls(10_000, () => '0'),
  ),
  burstAttack(
    's9-many-distinct-calls',
    10,
    '10 Segment batches of 2,000 distinct calls without a user, at once',
    (batch) => gzipCalls(2000, (index) => `{"type":"track","event":"${batch}-${index}"}`),
  ),
  burstAttack('s9-many-small-lines', 50, '50 NDJSON batches of 10,000 lines at once', () =>
    gzipLines('0\n'.repeat(10_000)),
  ),
  burstAttack('s3-nested-items', 8, '8 batches of 9 items with 512,000 levels each, at once', () =>
    gzipBatch(9, () => `{"\\n":${nestedArrays(500_000)}}`),
  ),
  burstAttack(
    's3-nested-events',
    8,
    '8 batches of 9 CloudEvents with data of 512,000 levels each, at once',
    () => gzipEvents(9, () => `{"data":${nestedArrays(500_000)}}`),
  ),
  burstAttack(
    's3-empty-lists',
    12,
    '12 batches of 630 activities with 16 kB of empty lists each, at once',
    () => {
      const item = `{"userId":"u","type":"T","metadata":{"a":${jsonArrayOf(5000, () => '[]')}}}`;
      return gzipBatch(630, () => item);
    },
  ),
];
