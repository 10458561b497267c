import { createReadStream } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { isObject, readExactJson } from '../exact-json.ts';
import { RequestError, UsageError } from '../failure.ts';
import { countWithNoun } from '../printable.ts';

/** The values of a row, by column or member. */
export type Values = Readonly<Record<string, unknown>>;

/** A row of a file. */
export interface Row {
  /** The number of the row, from 1. The header of a CSV file and blank lines are not counted. */
  readonly number: number;
  /** The text of the row. If the row has no id, its id is derived from this text. */
  readonly text: string;
  readonly values: Values;
  /** The reason why the row can't be imported. If set, `values` is empty. */
  readonly fault?: string;
}

export type Format = 'ndjson' | 'csv';

/** The format of a file, and the delimiter if it is CSV. */
export interface FileFormat {
  readonly format: Format;
  /** The text that separates the cells of CSV. */
  readonly delimiter: string;
}

// Longer than the longest activity that the service accepts.
const maxRowBytes = 16 * 1024 * 1024;

/** Returns the format that the extension of a file name stands for. Throws UsageError for an unknown extension. */
export function formatOf(file: string): Format {
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(file)) return 'ndjson';
  if (/\.csv(\.gz)?$/i.test(file)) return 'csv';
  throw new UsageError(
    `Pass --format ndjson or --format csv: the extension of ${file} does not tell the format.`,
  );
}

/** Opens a file, or the standard input for `-`. Decompresses a file whose name ends with `.gz`. Calls `onBytes` with the size of each chunk read. */
export function openFile(file: string, onBytes: (count: number) => void): Readable {
  const raw = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  raw.on('data', (chunk: Buffer) => onBytes(chunk.length));
  raw.pause();
  // `pipeline` passes an error of the file on to whoever reads the decompressed stream.
  return file.endsWith('.gz') ? pipeline(raw, createGunzip(), () => undefined) : raw;
}

/** Yields the rows of a file. Throws RequestError if the file can't be read or parsed, and UsageError if the header of CSV is invalid. */
export async function* rowsOf(input: Readable, { format, delimiter }: FileFormat): AsyncGenerator<Row> {
  try {
    yield* format === 'csv' ? csvRows(input, delimiter) : jsonRows(input);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new RequestError(
        "The file can't be read: it is not UTF-8. Convert it first, for example with iconv.",
      );
    // An error of the system or of the CSV parser, whose message may be as long as a row.
    if (error instanceof Error && typeof code === 'string')
      throw new RequestError(`The file can't be read: ${error.message.slice(0, 200)}`);
    throw error;
  }
}

/** Yields the text of a stream. Throws if it is not UTF-8. */
async function* textOf(input: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of input as AsyncIterable<Buffer>) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function* jsonRows(input: Readable): AsyncGenerator<Row> {
  let number = 0;
  for await (const text of linesOf(input)) {
    if (text.trim() === '') continue;
    number += 1;
    const json = readExactJson(text);
    if (json.fault !== undefined) yield { number, text, values: {}, fault: json.fault };
    else if (isObject(json.value)) yield { number, text, values: json.value };
    else yield { number, text, values: {}, fault: 'it is not a JSON object' };
  }
}

async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const text of textOf(input)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxRowBytes)
      throw new RequestError('A line of the file is longer than 16 MiB. Is it NDJSON?');
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function* csvRows(input: Readable, delimiter: string): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRowBytes,
  });
  // `pipeline` passes an error of the input on to the loop below.
  pipeline(Readable.from(textOf(input)), parser, () => undefined);
  let header: readonly string[] | undefined;
  let number = 0;
  for await (const cells of parser as AsyncIterable<readonly string[]>) {
    if (header === undefined) {
      header = cells;
      const repeated = cells.find((name, index) => cells.indexOf(name) !== index);
      if (repeated !== undefined)
        throw new UsageError(`The header of the file has the column "${repeated}" twice.`);
      continue;
    }
    number += 1;
    const text = JSON.stringify(cells);
    if (cells.length === header.length)
      yield { number, text, values: Object.fromEntries(header.map((name, index) => [name, cells[index]])) };
    else
      yield {
        number,
        text,
        values: {},
        fault: `it has ${countWithNoun(cells.length, 'cell')}, but the header has ${header.length}`,
      };
  }
}
