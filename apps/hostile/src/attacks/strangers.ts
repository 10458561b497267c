import type { Attack } from '../attack.ts';
import type { HttpResponse } from '../http-response.ts';
import type { Target } from '../target.ts';
import type { HttpRequest } from '../wire/send-request.ts';
import { apiKey, gzipRequest, times } from './payloads.ts';

/** The maximum size of a body that the service reads if the request has no key in a header. */
const maxStrangerBytes = 1024 * 1024;
const callMembers = '"type":"track","event":"E","userId":"u"';

/** Returns a JSON object of almost 1 MiB, in which the API key is between many copies of `member`. */
const largeBodyWithKey = (key: string, member: string): string => {
  const half = `${member},`.repeat(Math.floor(maxStrangerBytes / 2 / (member.length + 1)) - 100);
  return `{${half}"writeKey":"${key}",${half}${callMembers}}`;
};

const wrongKey = (index: number): string => `wrong-key-${index}`;
const ownerQuery = (path: string): HttpRequest => ({ path, headers: { authorization: `Bearer ${apiKey}` } });

/** Makes an attack by `count` requests with distinct wrong keys. At the same time, the owner of the valid key sends queries. */
const strangerAttack = (
  name: string,
  about: string,
  count: number,
  makeRequest: (index: number) => HttpRequest,
  isShort?: true,
): Attack => ({
  name,
  about,
  ...(isShort ? { isShort } : {}),
  environment: { API_KEYS: apiKey },
  async send(target) {
    const attacking = target.requestAll(times(count, makeRequest));
    await target.requestAll(times(4, () => ownerQuery('/api/logs?limit=1')));
    await attacking;
  },
  check: accessFaults,
});

/** Checks that the service answered the queries of the owner, and refused all other requests. Returns a sentence for each fault. */
function accessFaults({ responses }: Target): readonly string[] {
  const isOwner = ({ request }: HttpResponse): boolean => request.startsWith('GET');
  const ownerStatuses = responses.filter(isOwner).map(({ status }) => status);
  const strangerStatuses = responses.filter((response) => !isOwner(response)).map(({ status }) => status);
  return [
    ...(ownerStatuses.every((status) => status === 200)
      ? []
      : [`requests with the valid key were answered with ${ownerStatuses.join()}, not 200`]),
    ...(strangerStatuses.every((status) => [401, 429, 503].includes(status))
      ? []
      : [
          `requests with wrong keys were answered with ${[...new Set(strangerStatuses)].join()}, not 401, 429 or 503`,
        ]),
    ...(strangerStatuses.includes(401) ? [] : ['no request with a wrong key was answered 401']),
  ];
}

/** S13: requests from clients without a valid API key, with distinct wrong keys in bodies and in headers. */
export const strangerAttacks: readonly Attack[] = [
  strangerAttack(
    's13-keys-in-bodies',
    '40 bodies of 1 MiB with distinct writeKeys, each between many members',
    40,
    (index) => gzipRequest('/v1/track', largeBodyWithKey(wrongKey(index), '"":0')),
    true,
  ),
  strangerAttack(
    's13-escaped-keys',
    '25 bodies of 1 MiB with distinct writeKeys, each between members with escaped names',
    25,
    (index) =>
      gzipRequest('/v1/batch', largeBodyWithKey(wrongKey(index), '"\\u0077riteKe\\u0079":"\\u0000"')),
  ),
  strangerAttack('s13-repeated-keys', '25 bodies of 1 MiB that repeat writeKey', 25, (index) =>
    gzipRequest('/v1/b', largeBodyWithKey(wrongKey(index), '"writeKey":""')),
  ),
  strangerAttack('s13-long-keys', '40 bodies with distinct writeKeys of 1 MB', 40, (index) =>
    gzipRequest('/v1/t', `{"writeKey":"${index}${'\\"'.repeat(500_000)}",${callMembers}}`),
  ),
  strangerAttack('s13-keys-in-headers', '1,000 requests with distinct keys of up to 8 KB', 1000, (index) => {
    const key = wrongKey(index) + 'x'.repeat(index % 3 === 0 ? 8000 : 10);
    const basic = Buffer.from(`${key}:`).toString('base64');
    const headers = [
      { authorization: `Bearer ${key}` },
      { 'x-api-key': key },
      { authorization: `Basic ${basic}` },
    ];
    const body = Buffer.from(`{${callMembers}}`);
    return {
      path: '/v1/track',
      headers: { 'content-type': 'application/json', ...headers[index % 3] },
      body,
    };
  }),
];
