import { gzipSync } from 'node:zlib';
import type { HttpRequest } from '../wire/send-request.ts';

/** An attack by a single request. The members have the same meaning as in `Attack`. */
export type BodyAttack = readonly [
  name: string,
  about: string,
  makeRequest: () => HttpRequest,
  isShort?: true,
];

/** The valid API key of the services that require a key. */
export const apiKey = 'a-key-of-the-attack-runner';

export const jsonHeaders = { 'content-type': 'application/json' };

/** The maximum size of a decoded body that the service accepts: the default of MAX_BODY_BYTES. */
export const maxBodyBytes = 10 * 1024 * 1024;

/** Makes a request whose body is compressed with gzip. */
export function gzipRequest(path: string, content: string | Buffer, type = 'application/json'): HttpRequest {
  const bytes = Buffer.from(content);
  return {
    path,
    headers: { 'content-type': type, 'content-encoding': 'gzip' },
    body: gzipSync(bytes),
    decodedBytes: bytes.length,
  };
}

/** Makes a batch of `count` activities, compressed with gzip. `item` returns the JSON of the activity at an index. */
export const gzipBatch = (count: number, item: (index: number) => string): HttpRequest =>
  gzipRequest('/api/logs/batch', jsonArrayOf(count, item));

/** Makes a batch in NDJSON, compressed with gzip. */
export const gzipLines = (lines: string): HttpRequest =>
  gzipRequest('/api/logs/batch', lines, 'application/x-ndjson');

/** Makes a batch of `count` CloudEvents, compressed with gzip. `event` returns the JSON of the event at an index. */
export const gzipEvents = (count: number, event: (index: number) => string): HttpRequest =>
  gzipRequest('/api/events', jsonArrayOf(count, event), 'application/cloudevents-batch+json');

/** Makes a Segment batch of `count` calls, compressed with gzip. `call` returns the JSON of the call at an index; `membersBefore` precedes `batch`. */
export const gzipCalls = (count: number, call: (index: number) => string, membersBefore = ''): HttpRequest =>
  gzipRequest('/v1/batch', `{${membersBefore}"batch":${jsonArrayOf(count, call)}}`);

/** Makes a request that is answered when the activity is stored. All earlier records on the log have been processed then. */
export const waitingRequest = (activity: string): HttpRequest => ({
  path: '/api/logs',
  headers: { ...jsonHeaders, prefer: 'wait=30' },
  body: Buffer.from(activity),
});

/** Makes a request with an uncompressed JSON body. */
export const jsonRequest = (path: string, content: unknown, type = 'application/json'): HttpRequest => ({
  path,
  headers: { 'content-type': type },
  body: Buffer.from(JSON.stringify(content)),
});

/** Returns the request line and the headers of an HTTP/1.1 request, with the blank line that ends them. */
export const rawHeaders = (requestLine: string, ...headers: readonly string[]): string =>
  [`${requestLine} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');

/** Returns a list of `count` items. `item` returns the item at an index. */
export const times = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));

/** Returns the text of a JSON array of `count` items. `item` returns the JSON of the item at an index. */
export const jsonArrayOf = (count: number, item: (index: number) => string): string =>
  `[${times(count, item).join()}]`;

/** Returns the JSON of metadata with 33 faults at paths of 2 KB: numbers too large for a double, inside 14 nested keys of 128 slashes each. */
export const metadataWithDeepFaults = (): string => {
  const key = `"${'/'.repeat(128)}"`;
  const numbers = times(33, (index) => `"${index}":1e999`).join();
  return `${`{${key}:`.repeat(14)}{${numbers}}${'}'.repeat(14)}`;
};

/** Returns the JSON of an activity whose metadata is an object inside `levels` arrays. Each member in `members` ends with a comma. */
export const activityWithDeepRepeats = (levels: number, members: string): string =>
  `{"userId":"u","type":"t","metadata":${'['.repeat(levels)}{${members}"":1}${']'.repeat(levels)}}`;
