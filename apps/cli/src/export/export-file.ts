import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises';
import type { ExportTextOptions } from '@user-activity/client';
import { csvExportHeader, positionOf } from '../csv-of-exports.ts';
import { UsageError } from '../failure.ts';

interface Request {
  /** The options of the command. An export goes on only with the same ones. */
  readonly settings: string;
  readonly query: ExportTextOptions;
  readonly goesOn: boolean;
}

// Longer than the longest line.
const maxTailBytes = 4 * 1024 * 1024;

/** The file of an export. Beside it is `<file>.export.json`, with what is exported, until it is complete. */
export class ExportFile {
  /** What to export: the query with which the export began. */
  readonly query: ExportTextOptions;
  /** The position of the last line. Undefined if the file has none. */
  readonly after: string | undefined;
  readonly #name: string;
  readonly #handle: FileHandle;
  #isEmpty: boolean;

  private constructor(name: string, handle: FileHandle, query: ExportTextOptions, after: string | undefined) {
    this.#name = name;
    this.#handle = handle;
    this.query = query;
    this.after = after;
    this.#isEmpty = after === undefined;
  }

  /** Makes the file, or opens it to go on. Throws UsageError if it exists, or is not an export with these settings. Then it stays as it is. */
  static async open(name: string, { settings, query, goesOn }: Request): Promise<ExportFile> {
    const begun = goesOn ? await readBegun(name) : undefined;
    if (begun !== undefined && begun.settings !== settings)
      throw new UsageError(
        `${name} was begun with other options. Pass the same options with --continue, or remove the file and ${sideName(name)}.`,
      );
    const handle = await opened(name, goesOn);
    try {
      const after = goesOn ? await lastPosition(handle, query) : undefined;
      const used = begun?.query ?? query;
      await writeFile(sideName(name), JSON.stringify({ settings, query: used }), { mode: 0o600 });
      return new ExportFile(name, handle, used, after);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async append(text: string): Promise<void> {
    if (text === '') return;
    await this.#handle.appendFile(text);
    this.#isEmpty = false;
  }

  /** Marks the export as complete. */
  async complete(): Promise<void> {
    await rm(sideName(this.#name), { force: true });
    this.#isEmpty = false;
  }

  /** Closes the file. Removes it if nothing was written: then the next attempt need not go on. */
  async close(): Promise<void> {
    await this.#handle.close();
    if (!this.#isEmpty) return;
    for (const name of [this.#name, sideName(this.#name)]) await rm(name, { force: true });
  }
}

const sideName = (name: string): string => `${name}.export.json`;

async function readBegun(name: string): Promise<{ settings: string; query: ExportTextOptions } | undefined> {
  try {
    return JSON.parse(await readFile(sideName(name), 'utf8')) as {
      settings: string;
      query: ExportTextOptions;
    };
  } catch {
    return undefined;
  }
}

async function opened(name: string, goesOn: boolean): Promise<FileHandle> {
  try {
    return await open(name, goesOn ? 'a+' : 'ax+', 0o600);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'EEXIST')
      throw new UsageError(`${name} exists. Pass --continue to continue after its last line, or remove it.`);
    throw new UsageError(`${name} can't be written to (${String(code)}).`);
  }
}

/** Removes a part of a line at the end of a file. Returns the position of its last line. Changes no file that is not an export. */
async function lastPosition(
  handle: FileHandle,
  { format = 'ndjson', order = 'asc' }: ExportTextOptions,
): Promise<string | undefined> {
  const { size } = await handle.stat();
  if (size === 0) return undefined;
  const first = lineAt(await bytesAt(handle, 0, Math.min(size, maxTailBytes)), 'first');
  const begin = Math.max(0, size - maxTailBytes);
  const tail = await bytesAt(handle, begin, size - begin);
  const end = tail.lastIndexOf('\n') + 1;
  const last = lineAt(tail.subarray(0, end), 'last');
  const isBegin = end === 0 && (csvExportHeader.startsWith(first.trimEnd()) || first.startsWith('{"id":'));
  if (!isBegin && last !== csvExportHeader)
    assertOrder(positionFrom(first, format), positionFrom(last, format), order);
  // Not before: until this check, the file may be no export.
  const isWithoutLines = isBegin || last === csvExportHeader;
  await handle.truncate(isWithoutLines ? 0 : begin + end);
  return isWithoutLines ? undefined : positionFrom(last, format);
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Returns the first or the last line of some bytes. */
function lineAt(bytes: Buffer, which: 'first' | 'last'): string {
  const lines = bytes.toString('utf8').trimEnd().split('\n');
  const [header = '', second] = lines;
  if (which === 'last') return lines.at(-1)?.trimEnd() ?? '';
  return header.trimEnd() === csvExportHeader && second !== undefined ? second.trimEnd() : header.trimEnd();
}

function positionFrom(line: string, format: 'ndjson' | 'csv'): string {
  try {
    const position = positionOf(line, format);
    if (/^\d{4}-.*Z~./.test(position)) return position;
  } catch {
    // The error below says it.
  }
  throw new UsageError(`The file is no ${format} of an export, so it can't be continued.`);
}

function assertOrder(first: string, last: string, order: 'asc' | 'desc'): void {
  const isOther = order === 'asc' ? first > last : first < last;
  if (isOther)
    throw new UsageError(
      `The file is in the order ${order === 'asc' ? 'desc' : 'asc'}. Pass the same --order with --continue.`,
    );
}
