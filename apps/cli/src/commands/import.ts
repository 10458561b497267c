import { hash } from 'node:crypto';
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
import { Progress } from '../progress.ts';
import { addressOf, failureOf, type ServiceOptions, withService, withServiceOptions } from '../service.ts';

interface ImportOptions extends ServiceOptions {
  readonly format?: Format;
  readonly delimiter: string;
  readonly map: readonly string[];
  readonly others: boolean;
  readonly newPublicIds: boolean;
  readonly name?: string;
  readonly json: boolean;
}

// The rows between two notes of the progress. All of them are in memory.
const portionSize = 5000;
const maxQueuedBytes = 32 * 1024 * 1024;
// Longer than it takes to read a portion.
const portionMs = 60_000;
// The pause of the client after a refusal, which `flush` reports.
const refusedPauseMs = 60_000;
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
    .option('--delimiter <character>', 'what stands between the cells of CSV, such as ;', ',')
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
    .option(
      '--new-public-ids',
      'give activities that came with a public key another id: theirs, which begin with pk., are refused',
      false,
    )
    .option('--json', 'write the result as JSON', false)
    .addHelpText('after', help)
    .action((file: string, options: ImportOptions) => importFile(file, options, output));

const help = `
A row is an activity: its user, its type, and when it happened (RFC 3339, in UTC if it has no zone, or seconds or
milliseconds since 1970). Without a time it is now.
Rows without an id get one from the name of the import, their number and their text. So the command can be repeated:
nothing is stored twice, and it goes on where it stopped, even after a SIGKILL. Rows that break a rule are shown, and
the others are logged. Correct rows where they are: a row that moves gets another id. Times must not be older than the
retention of the project. A row whose id holds another activity is logged too, and becomes a dead letter.
`;

async function importFile(
  file: string,
  {
    format = formatOf(file),
    delimiter,
    map,
    others,
    newPublicIds,
    name = basename(file),
    json,
    ...options
  }: ImportOptions,
  output: Output,
): Promise<void> {
  if (file === '-' && name === '-')
    throw new UsageError('Pass --name: the ids of rows from the standard input are made from it.');
  const mapping = new Mapping({
    name,
    mappings: map,
    keepsOthers: others,
    replacesPublicIds: newPublicIds,
  });
  const size = file === '-' ? 0 : await sizeOf(file);
  const { url, key = '', project } = addressOf(options);
  const settings = [url, project, hash('sha256', key), name, map, others, format, delimiter, newPublicIds];
  const checkpoint = file === '-' ? undefined : await ImportCheckpoint.of(file, settings);
  const earlier = (await checkpoint?.read()) ?? { rows: 0, rejected: 0 };
  if (earlier.rows > 0) output.note(`Continues after ${earlier.rows} rows of an earlier run.`);
  const rejected = new RejectedRows(output, earlier.rejected);
  const progress = new Progress(output);
  let [bytes, rows] = [0, 0];
  await withService(
    options,
    async (client) => {
      /** Sends what is queued. Nothing is sent before the mapping was found to fit. */
      const send = async (): Promise<void> => {
        assertSeen(mapping);
        await client.flush();
        rejected.numbers.clear();
      };
      const input = openFile(file, (count) => (bytes += count));
      for await (const row of rowsOf(input, { format, delimiter })) {
        rows = row.number;
        if (row.number <= earlier.rows) continue;
        const { activity, fault } = mapping.activityOf(row);
        if (activity === undefined) rejected.add(row.number, fault);
        else rejected.numbers.set(await logged(client, activity, send), row.number);
        if (row.number % portionSize > 0) continue;
        await send();
        await checkpoint?.write({ rows, rejected: rejected.count });
        progress.show(size === 0 ? undefined : bytes / size, `${row.number} rows`);
      }
      if (rows > earlier.rows) await send();
    },
    {
      onRejected: (rejection) => rejected.addRejection(rejection),
      onRetry(error, pauseMs) {
        const failure = failureOf(error, url);
        if (pauseMs < refusedPauseMs)
          output.note(`Waits: ${failure instanceof Error ? failure.message : ''}`);
      },
      // Only `flush` sends: a row is logged once the mapping fits.
      queue: { maxCount: portionSize, maxBytes: maxQueuedBytes },
      maxDelayMs: portionMs,
      maxBatchCount: portionSize,
    },
  );
  progress.end();
  await checkpoint?.remove();
  const count = rows - rejected.count;
  output.result(
    json
      ? `${JSON.stringify({ rows, logged: count, rejected: rejected.count })}\n`
      : `${count} of ${rows} rows are logged\n`,
  );
  if (rejected.count > 0) throw new RequestError(`${rejected.count} rows were rejected.`);
}

/** Throws UsageError if a mapped column or path is in no row so far: it has a typing error. */
function assertSeen({ unseen }: Mapping): void {
  const [first] = unseen;
  if (first !== undefined)
    throw new UsageError(`No row has "${first}", which --map names. Nothing was sent. Check the name.`);
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
  send: () => Promise<void>,
): Promise<string> {
  try {
    return client.log(activity);
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    await send();
    return client.log(activity);
  }
}

/** The rows that were not logged. The first ones are shown. */
class RejectedRows {
  /** The number of all, also in earlier runs. */
  count: number;
  #shown = 0;
  /** The numbers of the rows that are on their way, by the ids of their activities. */
  readonly numbers: Map<string, number> = new Map();
  readonly #output: Output;

  constructor(output: Output, count: number) {
    this.#output = output;
    this.count = count;
  }

  addRejection({ activity, errors }: Rejection): void {
    const faults = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    this.add(this.numbers.get(activity?.id ?? '') ?? 0, faults);
  }

  add(number: number, fault: string): void {
    this.count += 1;
    this.#shown += 1;
    if (this.#shown <= maxShown) this.#output.note(`Row ${number}: ${fault}`);
    if (this.#shown === maxShown + 1) this.#output.note('Further faulty rows are only counted.');
  }
}
