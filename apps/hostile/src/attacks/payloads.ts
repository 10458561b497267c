import { gzipSync } from 'node:zlib';
import type { HttpRequest } from '../wire/send-request.ts';

/** An attack by a single request. `isShort` is as in `Attack`. */
export type BodyAttack = readonly [
  name: string,
  about: string,
  makeRequest: () => HttpRequest,
  isShort?: true,
];

/** The API key of the services that require a key. */
export const apiKey = 'a-key-of-the-attack-runner';

export const jsonHeaders = { 'content-type': 'application/json' };

/** The default of MAX_BODY_BYTES. */
export const maxBodyBytes = 10 * 1024 * 1024;

/** A request whose body is encoded with gzip. */
export function gzipRequest(path: string, content: string | Buffer, type = 'application/json'): HttpRequest {
  const bytes = Buffer.from(content);
  return {
    path,
    headers: { 'content-type': type, 'content-encoding': 'gzip' },
    body: gzipSync(bytes),
    decodedBytes: bytes.length,
  };
}

/** A batch of activities, encoded with gzip. `item` returns the JSON of the activity with an index. */
export const gzipBatch = (count: number, item: (index: number) => string): HttpRequest =>
  gzipRequest('/api/logs/batch', listOf(count, item));

/** A batch of lines of NDJSON, encoded with gzip. */
export const gzipLines = (lines: string): HttpRequest =>
  gzipRequest('/api/logs/batch', lines, 'application/x-ndjson');

/** A batch of CloudEvents, encoded with gzip. `event` returns the JSON of the event with an index. */
export const gzipEvents = (count: number, event: (index: number) => string): HttpRequest =>
  gzipRequest('/api/events', listOf(count, event), 'application/cloudevents-batch+json');

/** A Segment batch, encoded with gzip. `call` returns the JSON of the call with an index. `membersBefore` is JSON text before `batch`. */
export const gzipCalls = (count: number, call: (index: number) => string, membersBefore = ''): HttpRequest =>
  gzipRequest('/v1/batch', `{${membersBefore}"batch":${listOf(count, call)}}`);

/** A request that is answered once the activity is stored. At that time, all earlier records on the log are processed. */
export const waitingRequest = (activity: string): HttpRequest => ({
  path: '/api/logs',
  headers: { ...jsonHeaders, prefer: 'wait=30' },
  body: Buffer.from(activity),
});

/** A request with a JSON body without content encoding. */
export const jsonRequest = (path: string, content: unknown, type = 'application/json'): HttpRequest => ({
  path,
  headers: { 'content-type': type },
  body: Buffer.from(JSON.stringify(content)),
});

/** The request line and the headers of a request, as they are sent. */
export const rawHeaders = (requestLine: string, ...headers: readonly string[]): string =>
  [`${requestLine} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');

/** Returns the results of `item` for the indexes from 0 to `count - 1`. */
export const times = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));

/** Returns the text of a JSON array. `item` returns the JSON of the item with an index. */
export const listOf = (count: number, item: (index: number) => string): string =>
  `[${times(count, item).join()}]`;

/** Returns metadata of 2 KB with 33 faults at long paths: numbers too large for a double, under 14 nested keys of 128 slashes. */
export const deepFaults = (): string => {
  const key = `"${'/'.repeat(128)}"`;
  const numbers = times(33, (index) => `"${index}":1e999`).join();
  return `${`{${key}:`.repeat(14)}{${numbers}}${'}'.repeat(14)}`;
};

/** Returns the JSON of an activity whose metadata is an object inside `levels` arrays. Each member in `members` ends with a comma. */
export const deepRepeats = (levels: number, members: string): string =>
  `{"userId":"u","type":"t","metadata":${'['.repeat(levels)}{${members}"":1}${']'.repeat(levels)}}`;
