import type { DeadLetter, DeadLetterCode } from '@user-activity/client';
import type { Command } from 'commander';
import { collect, wholeNumberParser } from '../arguments.ts';
import { UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { countWithNoun, formatTable } from '../printable.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';

interface ListOptions extends ServiceOptions {
  readonly code?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly order?: string;
  readonly limit: number;
  readonly json: boolean;
}

interface ReplayOptions extends ServiceOptions {
  readonly all: boolean;
  readonly json: boolean;
}

const maxPageSize = 500;

/** Adds the commands for dead letters. */
export function addDeadLetterCommands(program: Command, output: Output): void {
  const deadLetters = program
    .command('dead-letters')
    .description('list and replay the records that could not be stored');
  const command = (name: string, description: string): Command =>
    withServiceOptions(deadLetters.command(name).description(description));

  command('list', 'show the records that could not be stored, and why, the latest first')
    .option(
      '--code <code>',
      'only unreadable, conflict, refused or invalid; repeat the option for several codes',
      collect,
    )
    .option(
      '--from <time>',
      'only dead letters at or after this time: RFC 3339, a date, or a relative time such as -24h',
    )
    .option('--to <time>', 'only dead letters before this time')
    .option('--order <order>', 'desc or asc. Default: desc, the latest first')
    .option('--limit <n>', 'the maximum number of dead letters', wholeNumberParser(1, 999_999_999), 50)
    .option('--json', 'one JSON object per line instead of a table', false)
    .action((options: ListOptions) => list(options, output));

  command('replay', 'send dead letters back to the log, so that the service tries again to store them')
    .argument('[ids...]', 'the ids of the dead letters')
    .option(
      '--all',
      'replay all dead letters of the project, except those with the code invalid, which were never on the log',
      false,
    )
    .option('--json', 'write the result as JSON', false)
    .action((ids: readonly string[], options: ReplayOptions) => replay(ids, options, output));
}

async function list(
  { code = [], from, to, order, limit, json, ...options }: ListOptions,
  output: Output,
): Promise<void> {
  const rows: (readonly string[])[] = [];
  let left = limit;
  await withService(options, async (client) => {
    const letters = client.deadLetters({
      // The service checks the values, and its error lists the valid ones.
      code: code as readonly DeadLetterCode[],
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(order === undefined ? {} : { order: order as 'asc' | 'desc' }),
      // One more than the limit shows whether there are more.
      limit: Math.min(limit + 1, maxPageSize),
    });
    for await (const letter of letters) {
      if (left === 0) {
        output.note('There are more dead letters: use a larger --limit.');
        return;
      }
      left -= 1;
      if (json) output.result(`${JSON.stringify(letter)}\n`);
      else rows.push(rowOf(letter));
    }
  });
  if (rows.length > 0) output.result(formatTable([['ID', 'DIED AT', 'CODE', 'BYTES', 'REASON'], ...rows]));
  else if (!json && left === limit) output.note('No dead letters match.');
}

const rowOf = ({ id, diedAt, code, size, reason }: DeadLetter): readonly string[] => [
  id,
  diedAt,
  code,
  String(size),
  reason,
];

async function replay(
  ids: readonly string[],
  { all, json, ...options }: ReplayOptions,
  output: Output,
): Promise<void> {
  if (all === ids.length > 0) throw new UsageError('Pass either ids of dead letters or --all.');
  const receipt = await withService(options, (client) => client.replayDeadLetters(all ? { all } : { ids }));
  if (json) return output.result(`${JSON.stringify(receipt)}\n`);
  const { replayed, tooLarge, more } = receipt;
  output.result(`${replayed} replayed\n`);
  if (more === true)
    output.note('Some dead letters were not replayed in time: run the command again to replay the rest.');
  if (tooLarge !== undefined)
    output.note(`Too large for the log, so not replayed: ${countWithNoun(tooLarge, 'dead letter')}.`);
}
