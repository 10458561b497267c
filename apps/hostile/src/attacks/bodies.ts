import { gzipSync } from 'node:zlib';
import type { Attack } from '../attack.ts';
import { bodiesAtOnce } from './bodies-at-once.ts';
import {
  type BodyAttack,
  activityWithDeepRepeats,
  gzipBatch,
  gzipLines,
  gzipRequest,
  jsonHeaders,
  maxBodyBytes,
  times,
} from './payloads.ts';
import { segmentBodyAttacks } from './segment-bodies.ts';

const gzippedByte = gzipSync(' ');
const activity = (members: string): string => `{"userId":"u","type":"T",${members}}`;
const logsPath = '/api/logs';
const mebibytes = (count: number): number => count * 1024 * 1024;

const bodies: readonly BodyAttack[] = [
  [
    's9-escaped-keys',
    'a batch of 800,000 objects with one escaped key each',
    () => gzipBatch(800_000, () => '{"\\n":1}'),
    true,
  ],
  [
    's9-distinct-escapes',
    'a batch of 400,000 objects, each with a different escaped key',
    () => gzipBatch(400_000, (index) => `{"\\u000a${index}":1}`),
  ],
  [
    's9-single-escapes',
    'one activity with 9 MB of escaped keys',
    () => gzipRequest(logsPath, `{${times(500_000, (index) => `"\\n${index}":1`).join()}}`),
  ],
  [
    's9-nested-escapes',
    'one activity with escaped keys at 200,000 levels',
    () => gzipRequest(logsPath, `${'{"\\n":'.repeat(200_000)}1${'}'.repeat(200_000)}`),
  ],
  [
    's9-deep-repeats',
    'an object that repeats a key 6,500 times, inside 16,000 nested arrays',
    () => gzipRequest(logsPath, activityWithDeepRepeats(16_000, '"":1,'.repeat(6500))),
    true,
  ],
  [
    's9-long-repeats',
    'an object that repeats a key 200,000 times, inside 980 nested arrays',
    () => gzipRequest(logsPath, activityWithDeepRepeats(980, '"":1,'.repeat(200_000))),
  ],
  [
    's9-many-repeats',
    '80,000 objects that repeat a key, inside 980 nested arrays',
    () => gzipRequest(logsPath, activityWithDeepRepeats(980, `"a":[${'{"":1,"":1},'.repeat(80_000)}0],`)),
  ],
  [
    's9-batch-repeats',
    'a batch of 1,500 activities that repeat a key 1,000 times, each inside 300 nested arrays',
    () => gzipBatch(1500, () => activityWithDeepRepeats(300, '"":1,'.repeat(1000))),
  ],
  [
    's9-combining-types',
    'a batch of 4,000 activities whose type has 1,024 combining characters',
    () => gzipBatch(4000, () => `{"userId":"u","type":"a${'\u0301'.repeat(1024)}"}`),
    true,
  ],
  [
    's9-mixed-marks',
    'a batch of 4,000 activities whose type has 1,024 combining characters in the wrong order',
    () => gzipBatch(4000, () => `{"userId":"u","type":"a${'\u0301\u0323'.repeat(512)}"}`),
  ],
  [
    's9-long-type',
    'a type of 10 MB',
    () => gzipRequest(logsPath, `{"userId":"u","type":"${' a'.repeat(5_000_000)}"}`),
    true,
  ],
  [
    's9-long-dashes',
    'a type of 10 MB of dashes',
    () => gzipRequest(logsPath, `{"userId":"u","type":"${'-'.repeat(10_000_000)}"}`),
  ],
  [
    's9-long-user',
    'a user of 10 MB of spaces',
    () => gzipRequest(logsPath, `{"userId":"${' '.repeat(10_000_000)}","type":"T"}`),
  ],
  ['s9-long-id', 'an id of 10 MB', () => gzipRequest(logsPath, activity(`"id":"${'i'.repeat(10_000_000)}"`))],
  [
    's9-long-time',
    'a time of 10 MB',
    () => gzipRequest(logsPath, activity(`"createdAt":"2026-01-01T00:00:00.${'0'.repeat(10_000_000)}Z"`)),
  ],
  [
    's9-long-number',
    'a number of 10 million digits',
    () => gzipRequest(logsPath, activity(`"metadata":{"n":1${'0'.repeat(10_000_000)}}`)),
  ],
  [
    's9-long-fraction',
    'a number with 10 million decimals',
    () => gzipRequest(logsPath, activity(`"metadata":{"n":0.${'1'.repeat(10_000_000)}}`)),
  ],
  [
    's9-surrogates',
    'a text of 1.6 million unpaired surrogates',
    () => gzipRequest(logsPath, activity(`"metadata":{"t":"${'\\ud800'.repeat(1_600_000)}"}`)),
  ],
  ['s9-brackets', '5 million opening brackets', () => gzipRequest(logsPath, '['.repeat(5_000_000)), true],
  [
    's9-balanced-brackets',
    '5 million levels of arrays',
    () => gzipRequest('/api/logs/batch', '['.repeat(5_000_000) + ']'.repeat(5_000_000)),
  ],
  [
    's9-deep-objects',
    '1.5 million levels of objects',
    () => gzipRequest(logsPath, `${'{"a":'.repeat(1_500_000)}1${'}'.repeat(1_500_000)}`),
  ],
  [
    's9-many-keys',
    'an activity of 900,000 members',
    () => gzipRequest(logsPath, `{${times(900_000, (index) => `"${index}":1`).join()}}`),
    true,
  ],
  [
    's9-many-keys-of-metadata',
    'metadata of 900,000 members',
    () => gzipRequest(logsPath, activity(`"metadata":{${times(900_000, (index) => `"${index}":1`).join()}}`)),
  ],
  ['s9-empty-items', 'a batch of 5 million zeros', () => gzipBatch(5_000_000, () => '0')],
  ['s9-blank-lines', 'NDJSON of 10 million blank lines', () => gzipLines('\n'.repeat(10_000_000))],
  ['s9-tiny-lines', 'NDJSON of 3 million lines of one character', () => gzipLines('[\n'.repeat(3_000_000))],
  ['s9-one-line', 'NDJSON of one line of 10 MB', () => gzipLines(`"${'x'.repeat(10_000_000)}"`)],
  [
    's9-white-space',
    '10 MB of white space before an object',
    () => gzipRequest(logsPath, `${' '.repeat(10_000_000)}{}`),
  ],
  [
    's9-event-data',
    'a CloudEvent with 10 MB of data in Base64',
    () =>
      gzipRequest(
        '/api/events',
        `{"specversion":"1.0","id":"e","source":"/s","type":"t","subject":"u","data_base64":"${'A'.repeat(10_000_000)}"}`,
        'application/cloudevents+json',
      ),
  ],
  [
    's3-tiny-members',
    'a gzip body of 200,000 members of one byte each',
    () => ({
      path: logsPath,
      headers: { ...jsonHeaders, 'content-encoding': 'gzip' },
      body: Buffer.alloc(200_000 * gzippedByte.length, gzippedByte),
      decodedBytes: 200_000,
    }),
  ],
];

/** Bodies that are slow to parse. None exceeds the maximum size that the service accepts. */
const slowBodies = [...bodies, ...segmentBodyAttacks].map(
  ([name, about, makeRequest, isShort]): Attack => ({
    name,
    about,
    ...(isShort ? { isShort } : {}),
    async send(target) {
      const request = makeRequest();
      if ((request.decodedBytes ?? 0) > maxBodyBytes)
        throw new Error(`The body of ${name} is too large: the service would refuse it without parsing it.`);
      await target.request(request);
    },
  }),
);

/** S9: bodies that are slow to parse. S3: bodies that are small on the wire, but large when decoded. */
export const bodyAttacks: readonly Attack[] = [
  ...slowBodies,
  ...bodiesAtOnce,
  {
    name: 's3-bombs',
    about: '30 gzip bodies that decode to 300 MB each',
    isShort: true,
    async send(target) {
      const zeros = gzipSync(Buffer.alloc(mebibytes(50)));
      const body = Buffer.concat(times(6, () => zeros));
      const headers = { ...jsonHeaders, 'content-encoding': 'gzip' };
      await target.requestAll(
        times(30, () => ({ path: logsPath, headers, body, decodedBytes: mebibytes(300) })),
      );
    },
    check: ({ responses }) =>
      responses.every(({ status }) => [0, 413, 503].includes(status))
        ? []
        : ['a body that decodes to 300 MB was not refused'],
  },
  {
    name: 's3-other-encodings',
    about: 'bodies in unsupported encodings, and in several encodings',
    isShort: true,
    async send(target) {
      const body = gzipSync(gzipSync(Buffer.alloc(mebibytes(50))));
      const encodings = ['br', 'zstd', 'deflate', 'gzip, gzip', 'gzip,gzip,gzip', 'x-gzip', 'identity', ''];
      await target.requestAll(
        encodings.map((encoding) => ({
          path: logsPath,
          headers: { ...jsonHeaders, 'content-encoding': encoding },
          body,
        })),
      );
    },
  },
];
