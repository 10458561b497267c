import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises';
import type { ExportTextOptions } from '@user-activity/client';
import { csvExportHeader, positionOf } from '../csv-of-exports.ts';
import { UsageError } from '../failure.ts';

interface ExportRequest {
  /** The options of the command, as text. An export continues only with the same options. */
  readonly settings: string;
  readonly query: ExportTextOptions;
  /** Whether to continue an export that stopped. */
  readonly continues: boolean;
}

// Longer than the longest line of an export.
const maxTailBytes = 4 * 1024 * 1024;

/** The file to which an export is written. Until the export is complete, `<file>.export.json` beside it has its query and its options. */
export class ExportFile {
  /** The query with which the export began. */
  readonly query: ExportTextOptions;
  /** The position of the last line, after which to continue. Undefined if the file has no line. */
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

  /**
   * Creates the file, or opens it to continue. Throws UsageError if the file to create exists, or if the file to continue is not an export with the
   * same settings. That file stays unchanged.
   */
  static async open(name: string, { settings, query, continues }: ExportRequest): Promise<ExportFile> {
    const earlier = continues ? await readEarlier(name) : undefined;
    if (earlier !== undefined && earlier.settings !== settings)
      throw new UsageError(
        `${name} was begun with other options. Pass the same options with --continue, or remove the file and ${sideName(name)}.`,
      );
    const handle = await openHandle(name, continues);
    try {
      const after = continues ? await lastPosition(handle, query) : undefined;
      const used = earlier?.query ?? query;
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

  /** Closes the file. Removes it if nothing was written, so that the next attempt does not need `--continue`. */
  async close(): Promise<void> {
    await this.#handle.close();
    if (!this.#isEmpty) return;
    for (const name of [this.#name, sideName(this.#name)]) await rm(name, { force: true });
  }
}

const sideName = (name: string): string => `${name}.export.json`;

async function readEarlier(
  name: string,
): Promise<{ settings: string; query: ExportTextOptions } | undefined> {
  try {
    return JSON.parse(await readFile(sideName(name), 'utf8')) as {
      settings: string;
      query: ExportTextOptions;
    };
  } catch {
    return undefined;
  }
}

async function openHandle(name: string, continues: boolean): Promise<FileHandle> {
  try {
    return await open(name, continues ? 'a+' : 'ax+', 0o600);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'EEXIST')
      throw new UsageError(`${name} exists. Pass --continue to continue after its last line, or remove it.`);
    throw new UsageError(`${name} can't be written to (${String(code)}).`);
  }
}

/**
 * Removes an incomplete line from the end of a file. Returns the position of the last whole line, or undefined if there is none. Throws UsageError
 * and changes nothing if the file is not an export of this format and order.
 */
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
  const isPartOfFirstLine =
    end === 0 && (csvExportHeader.startsWith(first.trimEnd()) || first.startsWith('{"id":'));
  if (!isPartOfFirstLine && last !== csvExportHeader)
    assertOrder(positionFrom(first, format), positionFrom(last, format), order);
  const isWithoutLines = isPartOfFirstLine || last === csvExportHeader;
  // The file must stay unchanged until here, because only the check above shows that it is an export.
  await handle.truncate(isWithoutLines ? 0 : begin + end);
  return isWithoutLines ? undefined : positionFrom(last, format);
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Returns the first or the last line of an export. The header of a CSV file counts only if no line follows. */
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
    // A line that can't be parsed gets the error below.
  }
  throw new UsageError(`The file is not an export in the format ${format}, so it can't be continued.`);
}

function assertOrder(first: string, last: string, order: 'asc' | 'desc'): void {
  const isReversed = order === 'asc' ? first > last : first < last;
  if (isReversed)
    throw new UsageError(
      `The file is in the order ${order === 'asc' ? 'desc' : 'asc'}. Pass the same --order with --continue.`,
    );
}
