import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionError, type ExportTextOptions, ProblemError } from '@user-activity/client';
import { type Command, Option } from 'commander';
import { type FilterOptions, filterOf, withFilterOptions } from '../arguments.ts';
import { csvExportHeader, positionOf } from '../csv-of-exports.ts';
import { ExportFile } from '../export/export-file.ts';
import { withAbsoluteTimes } from '../export/absolute-times.ts';
import { RequestError, UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { countWithNoun } from '../printable.ts';
import { Progress } from '../progress.ts';
import { addressOf, type ServiceOptions, withService, withServiceOptions } from '../service.ts';
import { makeStopSignal } from '../stop-signal.ts';

interface ExportOptions extends ServiceOptions, FilterOptions {
  readonly order: 'asc' | 'desc';
  readonly format?: 'ndjson' | 'csv';
  readonly output?: string;
  readonly continue: boolean;
}

const maxPauseMs = 10_000;

/** Adds the command that exports activities. */
export const addExportCommand = (program: Command, output: Output): void =>
  void withServiceOptions(
    withFilterOptions(
      program.command('export').description('write all matching activities as NDJSON or CSV'),
    ),
  )
    .addOption(
      new Option('--order <order>', 'asc: the oldest first, desc: the latest first')
        .choices(['asc', 'desc'])
        .default('asc'),
    )
    .addOption(
      new Option(
        '--format <format>',
        'the format. Default: csv if the name of the file ends with .csv, else ndjson',
      ).choices(['ndjson', 'csv']),
    )
    .option('--output <file>', 'the file to write. Default: the standard output')
    .option('--continue', 'continue after the last whole line of the file, with the same options', false)
    .action((options: ExportOptions) => exportAll(options, output));

async function exportAll(options: ExportOptions, output: Output): Promise<void> {
  const { order, output: file, continue: continues } = options;
  const format = options.format ?? (file?.toLowerCase().endsWith('.csv') === true ? 'csv' : 'ndjson');
  // Each request would resolve a relative time to another moment.
  const query = { ...withAbsoluteTimes(filterOf(options)), order, format };
  if (file === undefined) {
    if (continues) throw new UsageError('--continue needs --output.');
    return exportTo((text) => output.stream(text), query, undefined, options, output);
  }
  const { url, project } = addressOf(options);
  const settings = JSON.stringify([url, project, filterOf(options), order, format]);
  const target = await ExportFile.open(file, { settings, query, continues });
  try {
    await exportTo((text) => target.append(text), target.query, target.after, options, output);
    await target.complete();
  } finally {
    await target.close();
  }
}

/** Writes the export from the position `start` on. If the connection breaks, continues after the last line that was written. */
async function exportTo(
  write: (text: string) => Promise<void>,
  query: ExportTextOptions,
  start: string | undefined,
  options: ServiceOptions,
  output: Output,
): Promise<void> {
  const signal = makeStopSignal();
  const progress = new Progress(output);
  const isFile = 'output' in options && options.output !== undefined;
  let [after, lines, hasHeader] = [start, 0, start !== undefined];
  await withService(options, async (client) => {
    for (let failures = 0; ; failures += 1) {
      const before = lines;
      try {
        const text = client.exportText({ ...query, signal, ...(after === undefined ? {} : { after }) });
        for await (const group of text) {
          const isHeader = query.format === 'csv' && after === undefined && group.startsWith(csvExportHeader);
          const rest = isHeader && hasHeader ? group.slice(group.indexOf('\n') + 1) : group;
          hasHeader ||= isHeader;
          await write(rest);
          const last = rest.trimEnd().split('\n').at(-1)?.trimEnd() ?? '';
          if (last !== '' && last !== csvExportHeader) after = positionOfLine(last, query.format);
          lines += rest.split('\n').length - 1;
          if (isFile) progress.show(undefined, countWithNoun(lines, 'line'));
        }
        progress.end();
        return;
      } catch (error) {
        if (signal.aborted)
          throw new RequestError('Stopped. To continue an export to a file, pass --continue.');
        if (lines > before) failures = 0;
        // Do not retry before the first line, because the address or the key may be wrong.
        if (lines === 0 || !isTransient(error)) throw error;
        output.note('The connection broke. Continuing after the last line.');
        await delay(pauseMsAfter(error, failures), undefined, { signal }).catch(() => undefined);
      }
    }
  });
}

function positionOfLine(line: string, format: ExportTextOptions['format']): string {
  try {
    return positionOf(line, format ?? 'ndjson');
  } catch {
    throw new RequestError('The service did not answer with an export. Check the URL.');
  }
}

const isTransient = (error: unknown): boolean =>
  error instanceof ConnectionError ||
  (error instanceof ProblemError && (error.status >= 500 || error.status === 429));

const pauseMsAfter = (error: unknown, failures: number): number => {
  const wanted = error instanceof ProblemError ? (error.retryAfter ?? 0) * 1000 : 0;
  return Math.max(wanted, Math.min(maxPauseMs, 500 * 2 ** failures));
};
