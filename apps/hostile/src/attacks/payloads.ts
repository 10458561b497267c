import { gzipSync } from 'node:zlib';
import type { Question } from '../wire/ask.ts';

/** A body that is slow to read, and whether `npm test` sends it too. */
export type Body = readonly [name: string, about: string, question: () => Question, short?: true];

/** The key of services that have one. */
export const apiKey = 'a-key-of-the-attack-runner';

export const json = { 'content-type': 'application/json' };

/** The largest body that the service takes by default. */
export const maxBodyBytes = 10 * 1024 * 1024;

/** A request with a body that is small on the wire. */
export function zipped(path: string, content: string | Buffer, type = 'application/json'): Question {
  const bytes = Buffer.from(content);
  return {
    path,
    headers: { 'content-type': type, 'content-encoding': 'gzip' },
    body: gzipSync(bytes),
    decodedBytes: bytes.length,
  };
}

/** A request as it is. */
export const plain = (path: string, content: unknown, type = 'application/json'): Question => ({
  path,
  headers: { 'content-type': type },
  body: Buffer.from(JSON.stringify(content)),
});

/** So many of them, each made from its number. */
export const times = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index));

/** A JSON array of so many texts in JSON. */
export const listOf = (count: number, item: (index: number) => string): string =>
  `[${times(count, item).join()}]`;

/** Metadata of few bytes whose faults have long paths: 33 numbers that no double holds, below 14 keys of 128 slashes. */
export const deepFaults = (): string => {
  const key = `"${'/'.repeat(128)}"`;
  const numbers = times(33, (index) => `"${index}":1e999`).join();
  return `${`{${key}:`.repeat(14)}{${numbers}}${'}'.repeat(14)}`;
};

/** An activity whose metadata has an object with those members, each with a comma behind, below so many lists. */
export const deepRepeats = (levels: number, members: string): string =>
  `{"userId":"u","type":"t","metadata":${'['.repeat(levels)}{${members}"":1}${']'.repeat(levels)}}`;
