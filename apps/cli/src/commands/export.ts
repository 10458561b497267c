import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionError, type ExportTextOptions } from '@user-activity/client';
import { type Command, Option } from 'commander';
import { type FilterOptions, filterOf, withFilterOptions } from '../arguments.ts';
import { exportHeader, positionOf } from '../csv-of-exports.ts';
import { UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { Progress } from '../progress.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';
import { stopSignal } from '../stop-signal.ts';

interface ExportOptions extends ServiceOptions, FilterOptions {
  readonly order: 'asc' | 'desc';
  readonly format?: 'ndjson' | 'csv';
  readonly output?: string;
  readonly continue: boolean;
}

// Longer than the longest line.
const maxTailBytes = 4 * 1024 * 1024;
const maxPauseMs = 10_000;

/** Adds the command that exports activities. */
export const addExportCommand = (program: Command, output: Output): void =>
  void withServiceOptions(
    withFilterOptions(
      program.command('export').description('write all activities that match, any number, as NDJSON or CSV'),
    ),
  )
    .addOption(new Option('--order <order>', 'asc: the oldest first').choices(['asc', 'desc']).default('asc'))
    .addOption(
      new Option('--format <format>', 'Default: csv if the name of the file ends so, else ndjson').choices([
        'ndjson',
        'csv',
      ]),
    )
    .option('--output <file>', 'the file to write. Default: the standard output')
    .option(
      '--continue',
      'go on behind the last whole line of the file, with the same filter and absolute times',
      false,
    )
    .action((options: ExportOptions) => exportAll(options, output));

async function exportAll(
  { order, format, output: file, continue: goesOn, ...options }: ExportOptions,
  output: Output,
): Promise<void> {
  const chosen = format ?? (file?.toLowerCase().endsWith('.csv') === true ? 'csv' : 'ndjson');
  if (goesOn && file === undefined) throw new UsageError('--continue needs --output.');
  const target = file === undefined ? undefined : await openTarget(file, goesOn);
  try {
    const after = target === undefined ? undefined : await cutToWholeLines(target, chosen);
    const lines = new Lines(output, target, chosen, after);
    await writeAll({ ...filterOf(options), order, format: chosen }, options, lines, output);
    lines.end();
  } finally {
    await target?.close();
  }
}

/** Writes the export. After an outage it goes on behind the last line. */
async function writeAll(
  query: ExportTextOptions,
  options: ServiceOptions,
  lines: Lines,
  output: Output,
): Promise<void> {
  const signal = stopSignal();
  await withService(options, async (client) => {
    for (let failures = 0; ; failures += 1) {
      const before = lines.count;
      try {
        const { after } = lines;
        const text = client.exportText({ ...query, signal, ...(after === undefined ? {} : { after }) });
        for await (const group of text) await lines.write(group);
        return;
      } catch (error) {
        if (lines.count > before) failures = 0;
        // Without a first line, the address may be wrong.
        if (!(error instanceof ConnectionError) || lines.count === 0) throw error;
        output.note('The connection broke off. Goes on behind the last line.');
        await delay(Math.min(maxPauseMs, 500 * 2 ** failures), undefined, { signal });
      }
    }
  });
}

/** Writes lines, and knows the position of the last one. */
class Lines {
  count = 0;
  /** The position of the last line. */
  after: string | undefined;
  readonly #output: Output;
  readonly #target: FileHandle | undefined;
  readonly #format: 'ndjson' | 'csv';
  readonly #progress: Progress;

  constructor(
    output: Output,
    target: FileHandle | undefined,
    format: 'ndjson' | 'csv',
    after: string | undefined,
  ) {
    this.#output = output;
    this.#target = target;
    this.#format = format;
    this.after = after;
    this.#progress = new Progress(output);
  }

  async write(group: string): Promise<void> {
    if (this.#target === undefined) this.#output.result(group);
    else await this.#target.appendFile(group);
    const lines = group.trimEnd().split('\n');
    const last = lines.at(-1)?.trimEnd() ?? '';
    if (last !== exportHeader) this.after = positionOf(last, this.#format);
    this.count += lines.length;
    if (this.#target !== undefined) this.#progress.show(undefined, `${this.count} lines`);
  }

  end(): void {
    this.#progress.end();
  }
}

/** Opens the file to write to. Throws UsageError if it exists and the export does not go on. */
async function openTarget(file: string, goesOn: boolean): Promise<FileHandle> {
  try {
    return await open(file, goesOn ? 'a+' : 'ax+', 0o600);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'EEXIST')
      throw new UsageError(`${file} exists. Pass --continue to go on behind its last line, or remove it.`);
    throw new UsageError(`${file} can't be written to (${String(code)}).`);
  }
}

/** Removes a part of a line at the end of a file. Returns the position of its last line, if it has one. */
async function cutToWholeLines(target: FileHandle, format: 'ndjson' | 'csv'): Promise<string | undefined> {
  const { size } = await target.stat();
  const length = Math.min(size, maxTailBytes);
  const { buffer } = await target.read(Buffer.alloc(length), 0, length, size - length);
  const end = buffer.lastIndexOf('\n') + 1;
  await target.truncate(size - length + end);
  const line = buffer.toString('utf8', 0, end).trimEnd().split('\n').at(-1)?.trimEnd() ?? '';
  if (line === '' || line === exportHeader) {
    await target.truncate(0);
    return undefined;
  }
  try {
    return positionOf(line, format);
  } catch {
    throw new UsageError(`The last line of the file is no ${format} of an export.`);
  }
}
