import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type Readable, pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { RequestError, UsageError } from '../failure.ts';

/** The values of a row, by column or member. */
export type Values = Readonly<Record<string, unknown>>;

/** A row of a file. */
export interface Row {
  /** The number of the row, from 1. The header of a CSV file, and blank lines, are no rows. */
  readonly number: number;
  /** The text of the row, from which its id is made if it has none. */
  readonly text: string;
  /** Undefined if the row can't be read. */
  readonly values: Values | undefined;
}

export type Format = 'ndjson' | 'csv';

// Longer than the longest activity that the service takes.
const maxRowBytes = 16 * 1024 * 1024;

/** Returns the format by the name of a file. Throws UsageError if the name does not say it. */
export function formatOf(file: string): Format {
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(file)) return 'ndjson';
  if (/\.csv(\.gz)?$/i.test(file)) return 'csv';
  throw new UsageError(`Pass --format ndjson or --format csv: the name ${file} does not say it.`);
}

/** Opens a file, or the standard input for `-`. Decompresses a file whose name ends with `.gz`. `onBytes` is called with the bytes read. */
export function openFile(file: string, onBytes: (count: number) => void): Readable {
  const raw = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  raw.on('data', (chunk: Buffer) => onBytes(chunk.length));
  raw.pause();
  // The reader of the last stream gets the error of the first one.
  return file.endsWith('.gz') ? pipeline(raw, createGunzip(), () => undefined) : raw;
}

/** Yields the rows of a file. Throws RequestError if it can't be read, or is no CSV. */
export async function* rowsOf(input: Readable, format: Format): AsyncGenerator<Row> {
  try {
    yield* format === 'csv' ? csvRows(input) : jsonRows(input);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    // A system error, or one of the CSV.
    if (error instanceof Error && typeof code === 'string')
      throw new RequestError(`The file can't be read: ${error.message}`);
    throw error;
  }
}

async function* jsonRows(input: Readable): AsyncGenerator<Row> {
  let number = 0;
  for await (const text of linesOf(input)) {
    if (text.trim() === '') continue;
    number += 1;
    yield { number, text, values: parsed(text) };
  }
}

function parsed(text: string): Values | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether a value is a JSON object. */
export const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Yields the lines of a stream. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxRowBytes)
      throw new RequestError('A line of the file is longer than 16 MiB. Is it NDJSON?');
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

async function* csvRows(input: Readable): AsyncGenerator<Row> {
  const parser = parse({ bom: true, columns: true, skip_empty_lines: true, max_record_size: maxRowBytes });
  pipeline(input, parser, () => undefined);
  let number = 0;
  for await (const values of parser as AsyncIterable<Readonly<Record<string, string>>>) {
    number += 1;
    yield { number, text: JSON.stringify(values), values };
  }
}
