import type { Attack } from '../attack.ts';
import type { Target } from '../target.ts';
import type { Question } from '../wire/ask.ts';
import { apiKey, times, gzipRequest } from './payloads.ts';

/** The largest body that a client without a key in a header may send. */
const maxStrangerBytes = 1024 * 1024;
const call = '"type":"track","event":"E","userId":"u"';

/** A body full of copies of a member, with a key in the middle. */
const crowded = (key: string, member: string): string => {
  const half = `${member},`.repeat(Math.floor(maxStrangerBytes / 2 / (member.length + 1)) - 100);
  return `{${half}"writeKey":"${key}",${half}${call}}`;
};

const wrongKey = (index: number): string => `wrong-key-${index}`;
const known = (path: string): Question => ({ path, headers: { authorization: `Bearer ${apiKey}` } });

/** An attack by requests with distinct wrong keys. The owner of the right key sends queries meanwhile. */
const strangers = (
  name: string,
  about: string,
  count: number,
  question: (index: number) => Question,
  short?: true,
): Attack => ({
  name,
  about,
  ...(short ? { short } : {}),
  environment: { API_KEYS: apiKey },
  async send(target) {
    const sent = target.askAll(times(count, question));
    await target.askAll(times(4, () => known('/api/logs?limit=1')));
    await sent;
  },
  check: refusesStrangers,
});

/** Returns what is wrong unless the owner of the key was served and all others were refused. */
function refusesStrangers({ answers }: Target): readonly string[] {
  const isOwner = ({ request }: { readonly request: string }): boolean => request.startsWith('GET');
  const owners = answers.filter(isOwner).map(({ status }) => status);
  const others = answers.filter((answer) => !isOwner(answer)).map(({ status }) => status);
  return [
    ...(owners.every((status) => status === 200) ? [] : [`the owner was answered ${owners.join()}`]),
    ...(others.every((status) => status === 401 || status === 503)
      ? []
      : [`strangers were answered ${[...new Set(others)].join()}`]),
    ...(others.includes(401) ? [] : ['no stranger was answered 401']),
  ];
}

/** S3, S9 and S13: distinct wrong keys, in bodies and in headers. */
export const strangerAttacks: readonly Attack[] = [
  strangers(
    's13-keys-in-bodies',
    '40 bodies of 1 MiB with distinct writeKeys, between as many members as fit',
    40,
    (index) => gzipRequest('/v1/track', crowded(wrongKey(index), '"":0')),
    true,
  ),
  strangers(
    's13-escaped-keys',
    '25 bodies of 1 MiB with distinct writeKeys, between escaped members',
    25,
    (index) => gzipRequest('/v1/batch', crowded(wrongKey(index), '"\\u0077riteKe\\u0079":"\\u0000"')),
  ),
  strangers('s13-repeated-keys', '25 bodies that repeat writeKey as often as fits', 25, (index) =>
    gzipRequest('/v1/b', crowded(wrongKey(index), '"writeKey":""')),
  ),
  strangers('s13-long-keys', '40 bodies with distinct writeKeys of 1 MB', 40, (index) =>
    gzipRequest('/v1/t', `{"writeKey":"${index}${'\\"'.repeat(500_000)}",${call}}`),
  ),
  strangers('s13-keys-in-headers', '1,000 requests with distinct keys of up to 8 KB', 1000, (index) => {
    const key = wrongKey(index) + 'x'.repeat(index % 3 === 0 ? 8000 : 10);
    const basic = Buffer.from(`${key}:`).toString('base64');
    const headers = [
      { authorization: `Bearer ${key}` },
      { 'x-api-key': key },
      { authorization: `Basic ${basic}` },
    ];
    const body = Buffer.from(`{${call}}`);
    return {
      path: '/v1/track',
      headers: { 'content-type': 'application/json', ...headers[index % 3] },
      body,
    };
  }),
];
