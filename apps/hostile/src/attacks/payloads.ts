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

/** A request with a JSON body without content encoding. */
export const jsonRequest = (path: string, content: unknown, type = 'application/json'): Question => ({
  path,
  headers: { 'content-type': type },
  body: Buffer.from(JSON.stringify(content)),
});

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
