import type { Attack } from '../attack.ts';
import type { Question } from '../wire/ask.ts';
import { gzipRequest, listOf, times } from './payloads.ts';

const batch = '/api/logs/batch';
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** An attack that sends several requests at once. `question` makes each from its index. If it takes no index, all share one object. */
const atOnce = (
  name: string,
  count: number,
  about: string,
  question: (index: number) => Question,
): Attack => ({
  name,
  about,
  async send(target) {
    const requests =
      question.length === 0 ? Array<Question>(count).fill(question(0)) : times(count, question);
    await target.askAll(requests);
  },
});

/** S9 and S3: many bodies at once, each slow to read. */
export const bodiesAtOnce: readonly Attack[] = [
  {
    name: 's9-many-at-once',
    about: '8 bodies of 10 MB of escaped keys at once',
    async send(target) {
      const request = gzipRequest(
        batch,
        listOf(800_000, () => '{"\\n":1}'),
      );
      await target.askAll(times(8, () => request));
    },
  },
  atOnce('s9-many-small-batches', 10, '10 batches of 10,000 zeros for calls, at once', () =>
    gzipRequest('/v1/batch', `{"batch":${listOf(10_000, () => '0')}}`),
  ),
  atOnce(
    's9-many-distinct-calls',
    10,
    '10 batches of 2,000 calls without a user, all different, at once',
    (at) =>
      gzipRequest(
        '/v1/batch',
        `{"batch":${listOf(2000, (index) => `{"type":"track","event":"${at}-${index}"}`)}}`,
      ),
  ),
  atOnce('s9-many-small-lines', 50, '50 batches of 10,000 lines at once', () =>
    gzipRequest(batch, '0\n'.repeat(10_000), 'application/x-ndjson'),
  ),
  atOnce('s3-nested-items', 8, '8 batches of 9 items with 512,000 levels each, at once', () =>
    gzipRequest(
      batch,
      listOf(9, () => `{"\\n":${nested(500_000)}}`),
    ),
  ),
  atOnce('s3-nested-events', 8, '8 batches of 9 CloudEvents with data of 512,000 levels each, at once', () =>
    gzipRequest(
      '/api/events',
      listOf(9, () => `{"data":${nested(500_000)}}`),
      'application/cloudevents-batch+json',
    ),
  ),
  atOnce('s3-empty-lists', 12, '12 batches of 630 activities of 16 kB of empty lists, at once', () => {
    const item = `{"userId":"u","type":"T","metadata":{"a":${listOf(5000, () => '[]')}}}`;
    return gzipRequest(
      batch,
      listOf(630, () => item),
    );
  }),
];
