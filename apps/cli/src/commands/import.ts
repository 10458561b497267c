import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type ActivityClient, type NewActivity, QueueFullError, type Rejection } from '@user-activity/client';
import { type Command, Option } from 'commander';
import { collect } from '../arguments.ts';
import { RequestError, UsageError } from '../failure.ts';
import { ImportCheckpoint } from '../import/import-checkpoint.ts';
import { Mapping } from '../import/mapping.ts';
import { type Format, formatOf, openFile, rowsOf } from '../import/rows.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { Progress } from '../progress.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';

interface ImportOptions extends ServiceOptions {
  readonly format?: Format;
  readonly map: readonly string[];
  readonly others: boolean;
  readonly name?: string;
  readonly json: boolean;
}

// The rows between two notes of the progress. All of them are in memory.
const portionSize = 5000;
const maxQueuedBytes = 32 * 1024 * 1024;
const maxShown = 20;

/** Adds the command that imports activities from a file. */
export const addImportCommand = (program: Command, output: Output): void =>
  void withServiceOptions(program.command('import').description('log the activities of a file, of any size'))
    .argument('<file>', 'NDJSON or CSV with a header, also compressed (.gz), or - for the standard input')
    .addOption(
      new Option('--format <format>', 'ndjson or csv. Default: by the name of the file').choices([
        'ndjson',
        'csv',
      ]),
    )
    .option(
      '--map <field=source>',
      'fill id, userId, type, createdAt or metadata from this column or path, such as userId=actor.id; repeat it for several',
      collect,
      [],
    )
    .option('--no-others', 'leave out the other columns. Default: they become metadata')
    .option(
      '--name <name>',
      'the name of the import, from which it makes the ids of rows without one. Default: that of the file',
    )
    .option('--json', 'write the result as JSON', false)
    .addHelpText('after', help)
    .action((file: string, options: ImportOptions) => importFile(file, options, output));

const help = `
A row is an activity: its user, its type, and when it happened (RFC 3339, in UTC if it has no zone, or seconds or
milliseconds since 1970).
Rows without an id get one from the name of the import, their number and their text. So the command can be repeated:
nothing is stored twice, and it goes on where it stopped, even after a SIGKILL. Rows that break a rule are shown, and
the others are logged. Times must not be older than the retention of the project.
`;

async function importFile(
  file: string,
  { format = formatOf(file), map, others, name = basename(file), json, ...options }: ImportOptions,
  output: Output,
): Promise<void> {
  const mapping = new Mapping(name, map, others);
  const size = file === '-' ? 0 : await sizeOf(file);
  const settings = [options.url, options.project, name, map, others, format];
  const checkpoint = file === '-' ? undefined : await ImportCheckpoint.of(file, settings);
  const skipped = (await checkpoint?.read()) ?? 0;
  if (skipped > 0) output.note(`Goes on behind ${skipped} rows of an earlier run.`);
  const rejected = new RejectedRows(output);
  const progress = new Progress(output);
  let [bytes, rows] = [0, 0];
  await withService(
    options,
    async (client) => {
      const input = openFile(file, (count) => (bytes += count));
      for await (const row of rowsOf(input, format)) {
        rows = row.number;
        if (row.number <= skipped) continue;
        const activity = mapping.activityOf(row);
        if (activity === undefined) rejected.add(row.number, 'It is not a JSON object.');
        else rejected.numbers.set(await logged(client, activity, rejected), row.number);
        if (row.number % portionSize > 0) continue;
        await send(client, rejected);
        await checkpoint?.write(row.number);
        progress.show(size === 0 ? undefined : bytes / size, `${row.number} rows`);
      }
      await send(client, rejected);
    },
    {
      onRejected: (rejection) => rejected.addRejection(rejection),
      onRetry: (error) => output.note(`Waits: ${printable(error instanceof Error ? error.message : '')}`),
      queue: { maxCount: portionSize, maxBytes: maxQueuedBytes },
    },
  );
  progress.end();
  if (rejected.count === 0) await checkpoint?.remove();
  const count = rows - rejected.count;
  output.result(
    json
      ? `${JSON.stringify({ rows, logged: count, rejected: rejected.count })}\n`
      : `${count} of ${rows} rows are logged\n`,
  );
  if (rejected.count > 0) throw new RequestError(`${rejected.count} rows were rejected.`);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    throw new UsageError(`There is no file ${file}.`);
  }
}

/** Queues an activity, and returns its id. Sends what is queued first if the queue is full. */
async function logged(
  client: ActivityClient,
  activity: NewActivity,
  rejected: RejectedRows,
): Promise<string> {
  try {
    return client.log(activity);
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    await send(client, rejected);
    return client.log(activity);
  }
}

/** Sends what is queued. */
async function send(client: ActivityClient, rejected: RejectedRows): Promise<void> {
  await client.flush();
  rejected.numbers.clear();
}

/** The rows that were not logged. The first ones are shown. */
class RejectedRows {
  count = 0;
  /** The numbers of the rows that are on their way, by the ids of their activities. */
  readonly numbers: Map<string, number> = new Map();
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  addRejection({ activity, errors }: Rejection): void {
    const faults = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    this.add(this.numbers.get(activity?.id ?? '') ?? 0, faults);
  }

  add(number: number, fault: string): void {
    this.count += 1;
    if (this.count <= maxShown) this.#output.note(`Row ${number}: ${printable(fault)}`);
    if (this.count === maxShown + 1) this.#output.note('Further faulty rows are only counted.');
  }
}
