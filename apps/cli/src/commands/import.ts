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
import { countWithNoun } from '../printable.ts';
import { Progress } from '../progress.ts';
import { addressOf, failureOf, type ServiceOptions, withService, withServiceOptions } from '../service.ts';

interface ImportOptions extends ServiceOptions {
  readonly format?: Format;
  readonly delimiter: string;
  readonly map?: readonly string[];
  readonly others: boolean;
  readonly newPublicIds: boolean;
  readonly name?: string;
  readonly json: boolean;
}

// The number of rows that are read and sent together, before the progress is saved.
const portionSize = 5000;
const maxQueuedBytes = 32 * 1024 * 1024;
// Longer than it takes to read a portion, so that only `flush` sends.
const portionMs = 60_000;
// The client pauses this long after a refusal. No note is needed then, because `flush` throws the refusal.
const refusedPauseMs = 60_000;
const maxShown = 20;

/** Adds the command that imports activities from a file. */
export const addImportCommand = (program: Command, output: Output): void =>
  void withServiceOptions(program.command('import').description('log the activities in a file of any size'))
    .argument('<file>', 'NDJSON or CSV with a header, also compressed (.gz), or - for the standard input')
    .addOption(
      new Option('--format <format>', 'the format of the file. Default: from its extension').choices([
        'ndjson',
        'csv',
      ]),
    )
    .option('--delimiter <character>', 'the character that separates the cells of CSV, such as ;', ',')
    .option(
      '--map <field=source>',
      'fill id, userId, type, createdAt or metadata from this column or path, such as userId=actor.id; repeat the option for several fields',
      collect,
    )
    .option('--no-others', 'leave out the columns that fill no field. Default: they become metadata')
    .option(
      '--name <name>',
      'the name of the import: the ids of rows without an id are derived from it. Default: the name of the file',
    )
    .option(
      '--new-public-ids',
      'replace the ids that begin with pk., which the service would refuse: they came with a public key',
      false,
    )
    .option('--json', 'write the result as JSON', false)
    .addHelpText('after', help)
    .action((file: string, options: ImportOptions) => importFile(file, options, output));

const help = `
Each row is one activity: its user, its type, and when it happened. A time is RFC 3339 (in UTC if it has no zone), or
seconds or milliseconds since 1970. A row without a time gets the current time.
If a row has no id, its id is derived from the name of the import, its number and its text. So you can repeat the
command: it continues where it stopped, even after a SIGKILL, and stores nothing twice. It shows the rows that break a
rule, and logs the others. Correct such a row in its place: a row that moves gets another id. A time must not be older
than the retention of the project. If the id of a row already belongs to another activity, the row becomes a dead letter.
`;

async function importFile(
  file: string,
  {
    format = formatOf(file),
    delimiter,
    map = [],
    others,
    newPublicIds,
    name = basename(file),
    json,
    ...options
  }: ImportOptions,
  output: Output,
): Promise<void> {
  if (file === '-' && name === '-')
    throw new UsageError('Pass --name: the standard input has no file name from which ids could be derived.');
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
  if (earlier.rows > 0)
    output.note(`Continuing after ${countWithNoun(earlier.rows, 'row')} of an earlier run.`);
  const rejected = new RejectedRows(output, earlier.rejected);
  const progress = new Progress(output);
  let [bytes, rows] = [0, 0];
  await withService(
    options,
    async (client) => {
      /** Sends the queued activities. Throws before anything is sent if the mapping does not fit the rows. */
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
        else rejected.numbers.set(await queue(client, activity, send), row.number);
        if (row.number % portionSize > 0) continue;
        await send();
        await checkpoint?.write({ rows, rejected: rejected.count });
        progress.show(size === 0 ? undefined : bytes / size, countWithNoun(rows, 'row'));
      }
      if (rows > earlier.rows) await send();
    },
    {
      onRejected: (rejection) => rejected.addRejection(rejection),
      onRetry(error, pauseMs) {
        const failure = failureOf(error, url);
        if (pauseMs < refusedPauseMs)
          output.note(`Waiting: ${failure instanceof Error ? failure.message : ''}`);
      },
      // Only `flush` sends, so that nothing is sent before the mapping is checked.
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
      : `${count} of ${countWithNoun(rows, 'row')} logged\n`,
  );
  if (rejected.count > 0) throw new RequestError(`${countWithNoun(rejected.count, 'row')} rejected.`);
}

/** Throws UsageError if no row so far has a mapped column or path, because its name is then probably mistyped. */
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

/** Queues an activity, and returns its id. If the queue is full, calls `send` first. */
async function queue(
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

/** Counts the rejected rows, and shows the first ones. */
class RejectedRows {
  /** The number of all rejected rows, including those of earlier runs. */
  count: number;
  #shown = 0;
  /** The numbers of the rows that are queued or being sent, by the ids of their activities. */
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
    if (this.#shown === maxShown + 1) this.#output.note('Further rejected rows are counted, but not shown.');
  }
}
