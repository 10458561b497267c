import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from '../attack.ts';
import type { Target } from '../target.ts';
import type { HttpRequest } from '../wire/send-request.ts';
import {
  metadataWithDeepFaults,
  gzipCalls,
  gzipRequest,
  jsonRequest,
  jsonArrayOf,
  times,
  waitingRequest,
} from './payloads.ts';

const mebibyte = 1024 * 1024;

/** Returns the total size of the data files of the service, in bytes. */
const storedBytes = ({ location: { folder } }: Target): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => statSync(join(folder, file)))
    .reduce((total, { size }) => total + size, 0);

/** Returns a sentence if stored dead letters use too much disk space. The write-ahead log of the store alone may use 20 MiB. */
function diskFaults(target: Target): readonly string[] {
  const wireBytes = target.responses.reduce((total, response) => total + response.wireBytes, 0);
  const maxBytes = 32 * mebibyte + 100 * wireBytes;
  const bytes = storedBytes(target);
  return bytes <= maxBytes
    ? []
    : [
        `requests of ${wireBytes} bytes on the wire use ${bytes} bytes of disk space; the maximum is ${maxBytes}`,
      ];
}

/** Makes an attack on the disk: `count` requests, one after the other, with Segment calls that the service refuses and stores as dead letters. */
const callAttack = (
  name: string,
  about: string,
  count: number,
  makeRequest: (index: number) => HttpRequest,
  options: Pick<Attack, 'isShort'> = {},
): Attack => ({
  name,
  about,
  onlyOn: 'embedded',
  needsNewService: true,
  ...options,
  async send(target) {
    for (let index = 0; index < count; index += 1) await target.request(makeRequest(index));
  },
  check: diskFaults,
});

const conflictCount = 10_000;

/** Sends 10,000 different activities with the same id in one batch. The first is stored, and the others become dead letters. */
async function makeConflicts(target: Target): Promise<void> {
  const item = (index: number): string => `{"id":"claimed","userId":"u","type":"T${index}"}`;
  await target.request(
    gzipRequest(
      '/api/logs/batch',
      jsonArrayOf(conflictCount + 1, item).replace(`,${item(conflictCount)}`, ''),
    ),
  );
  await target.request(waitingRequest('{"userId":"u","type":"LAST"}'));
}

/** Calls `makeConflicts`, unless an earlier attack has already called it for this service. */
async function makeConflictsOnce(target: Target): Promise<void> {
  const { text } = await target.request({ path: '/api/dead-letters?code=conflict&limit=1' });
  if (text.startsWith('{"data":[]')) await makeConflicts(target);
}

const replayPath = '/api/dead-letters/replay';

/** S6: dead letters that are much larger than the requests for them. S12: replays that append too many records. */
export const deadLetterAttacks: readonly Attack[] = [
  callAttack(
    's6-large-calls',
    '20 track calls of 9.9 MB each, without a user',
    20,
    (index) =>
      gzipRequest('/v1/track', `{"event":"E${index}","properties":{"text":"${'x'.repeat(9_900_000)}"}}`),
    { isShort: true },
  ),
  callAttack('s6-large-items', '3 batches of 9 calls of 1 MB each, without a user', 3, (batch) => {
    const properties = `{"text":"${'x'.repeat(1_000_000)}"}`;
    return gzipCalls(
      9,
      (index) => `{"type":"track","event":"E${10 * batch + index}","properties":${properties}}`,
    );
  }),
  callAttack('s6-many-calls', '3 batches of 10,000 calls without a user', 3, (batch) =>
    gzipCalls(10_000, (index) => `{"type":"track","event":"${batch}-${index}"}`),
  ),
  callAttack(
    's6-shared-context',
    'a batch of 9,000 calls without a user, which share a context of 1 KB',
    1,
    () =>
      gzipCalls(
        9000,
        (index) => `{"type":"track","event":"${index}"}`,
        `"context":{"text":"${'x'.repeat(1000)}"},`,
      ),
  ),
  callAttack('s6-long-reasons', 'a batch of 2,000 calls with 33 faults at long paths each', 1, () =>
    gzipCalls(
      2000,
      (index) => `{"type":"track","event":"${index}","properties":${metadataWithDeepFaults()}}`,
    ),
  ),
  {
    name: 's6-conflicts',
    about: '10,000 different activities with the same id',
    needsNewService: true,
    send: makeConflicts,
  },
  {
    name: 's6-lists',
    about: 'eight requests at once that each list 500 of 10,000 dead letters',
    prepare: makeConflictsOnce,
    async send(target) {
      await target.requestAll(times(8, () => ({ path: '/api/dead-letters?limit=500' })));
    },
  },
  {
    name: 's12-no-body',
    about: 'requests for a replay that name no dead letters, as a page of another site could send them',
    isShort: true,
    async send(target) {
      const textHeaders = { 'content-type': 'text/plain' };
      await target.request({ path: replayPath, method: 'POST' });
      await target.request({ path: replayPath, method: 'POST', headers: { 'content-length': '0' } });
      await target.request({ path: replayPath, headers: textHeaders, body: Buffer.from('{"all":true}') });
      await target.requestAll(
        [{}, null, [], { all: false }, { ids: [] }, { all: 'true' }].map((body) =>
          jsonRequest(replayPath, body),
        ),
      );
    },
    check: ({ responses }) => [
      ...responses
        .slice(0, 2)
        .filter(({ status }) => status !== 400)
        .map(({ status }) => `a replay without a body was answered with ${status}, not 400`),
      ...responses
        .filter(({ status }) => status < 400)
        .map(
          ({ status }) =>
            `a replay that names no dead letters was answered with ${status}, not with an error`,
        ),
    ],
  },
  {
    name: 's12-replays-at-once',
    about: '10 replays of 10,000 dead letters at once',
    isShort: true,
    prepare: makeConflictsOnce,
    async send(target) {
      await target.requestAll(times(10, () => jsonRequest(replayPath, { all: true })));
    },
    check: ({ responses }) => {
      const replayed = responses
        .filter(({ status }) => status === 202)
        .map(({ text }) => (JSON.parse(text) as { readonly replayed: number }).replayed);
      const refused = responses.filter(({ status, headers }) => status === 409 && headers['retry-after']);
      const replayedCount = replayed.reduce((total, count) => total + count, 0);
      return [
        ...(replayed.length === 0 ? ['no request for a replay was answered 202'] : []),
        ...(replayed.length + refused.length === responses.length
          ? []
          : [`replays at the same time were answered with ${responses.map(({ status }) => status).join()}`]),
        ...(replayedCount <= 2 * conflictCount
          ? []
          : [
              `${replayedCount} records were appended for ${conflictCount} dead letters; the maximum is ${2 * conflictCount}`,
            ]),
      ];
    },
  },
  {
    name: 's12-named-again',
    about: '20 replays at once, each of which names the same dead letter 10,000 times',
    async send(target) {
      const ids = times(10_000, () => 'user-activity:0:0');
      await target.requestAll(times(20, () => jsonRequest(replayPath, { ids })));
    },
  },
];
