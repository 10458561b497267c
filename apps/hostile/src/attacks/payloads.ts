import { gzipSync } from 'node:zlib';
import type { Question } from '../wire/ask.ts';

/** An attack that sends one body. Attacks with `short` are part of `npm test`. */
export type Body = readonly [name: string, about: string, question: () => Question, short?: true];

/** The API key of services that require one. */
export const apiKey = 'a-key-of-the-attack-runner';

export const json = { 'content-type': 'application/json' };

/** The default of MAX_BODY_BYTES. */
export const maxBodyBytes = 10 * 1024 * 1024;

/** A request whose body is encoded with gzip. */
export function gzipRequest(path: string, content: string | Buffer, type = 'application/json'): Question {
  const bytes = Buffer.from(content);
  return {
    path,
    headers: { 'content-type': type, 'content-encoding': 'gzip' },
    body: gzipSync(bytes),
    decodedBytes: bytes.length,
  };
}

/** A batch of activities, encoded with gzip. `item` returns the JSON of the activity with an index. */
export const gzipBatch = (count: number, item: (index: number) => string): Question =>
  gzipRequest('/api/logs/batch', listOf(count, item));

/** A batch of lines of NDJSON, encoded with gzip. */
export const gzipLines = (lines: string): Question =>
  gzipRequest('/api/logs/batch', lines, 'application/x-ndjson');

/** A batch of CloudEvents, encoded with gzip. `event` returns the JSON of the event with an index. */
export const gzipEvents = (count: number, event: (index: number) => string): Question =>
  gzipRequest('/api/events', listOf(count, event), 'application/cloudevents-batch+json');

/** A Segment batch, encoded with gzip. `call` returns the JSON of the call with an index. `membersBefore` stands before `batch`. */
export const gzipCalls = (count: number, call: (index: number) => string, membersBefore = ''): Question =>
  gzipRequest('/v1/batch', `{${membersBefore}"batch":${listOf(count, call)}}`);

/** A request that is answered once the activity is stored. By then all earlier records on the log are processed. */
export const waitingRequest = (activity: string): Question => ({
  path: '/api/logs',
  headers: { ...json, prefer: 'wait=30' },
  body: Buffer.from(activity),
});

/** A request with a JSON body without content encoding. */
export const jsonRequest = (path: string, content: unknown, type = 'application/json'): Question => ({
  path,
  headers: { 'content-type': type },
  body: Buffer.from(JSON.stringify(content)),
});

/** The request line and the headers of a request, as they are sent. */
export const rawHeaders = (requestLine: string, ...headers: readonly string[]): string =>
  [`${requestLine} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');

/** Calls `item` for each index from 0 and returns the results. */
export const times = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));

/** Returns a JSON array as text. Calls `item` for each index from 0 to get the JSON of an item. */
export const listOf = (count: number, item: (index: number) => string): string =>
  `[${times(count, item).join()}]`;

/** Small metadata whose faults have long paths: 33 numbers that are too large for a double, inside 14 nested keys of 128 slashes. */
export const deepFaults = (): string => {
  const key = `"${'/'.repeat(128)}"`;
  const numbers = times(33, (index) => `"${index}":1e999`).join();
  return `${`{${key}:`.repeat(14)}{${numbers}}${'}'.repeat(14)}`;
};

/** An activity whose metadata has an object with these members (each followed by a comma) inside nested arrays. */
export const deepRepeats = (levels: number, members: string): string =>
  `{"userId":"u","type":"t","metadata":${'['.repeat(levels)}{${members}"":1}${']'.repeat(levels)}}`;
