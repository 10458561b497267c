import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ActivityClient, Erasure } from '@user-activity/client';
import { type Command, Option } from 'commander';
import { parsePathSegment } from '../arguments.ts';
import { RequestError, UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { countWithNoun, printable } from '../printable.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';

interface EraseOptions extends ServiceOptions {
  readonly mode: 'erase' | 'anonymise';
  readonly yes: boolean;
  readonly wait: boolean;
  readonly json: boolean;
}

/** Adds the commands that erase users. */
export function addEraseCommands(program: Command, output: Output): void {
  withServiceOptions(
    program.command('erase').description('erase all activities and dead letters of a user, up to now'),
  )
    .argument('<user>', 'the id of the user, exactly as it was logged', parsePathSegment)
    .addOption(
      new Option(
        '--mode <mode>',
        'erase: remove the activities; anonymise: keep them without user and metadata',
      )
        .choices(['erase', 'anonymise'])
        .default('erase'),
    )
    .option('--yes', 'do not ask for confirmation', false)
    .option('--wait', 'wait until the erasure is done', false)
    .option('--json', 'write the result as JSON', false)
    .action((userId: string, options: EraseOptions) => erase(userId, options, output));

  withServiceOptions(program.command('erasure').description('show the status of an erasure'))
    .argument('<id>', 'the id that the command erase has shown', parsePathSegment)
    .option('--json', 'write the result as JSON', false)
    .action(async (id: string, options: ServiceOptions & { readonly json: boolean }) => {
      const found = await withService(options, (client) => client.erasure(id));
      if (found === undefined)
        throw new RequestError('There is no such erasure in this project, or no consumer has seen it yet.');
      output.result(textOf(found, options.json));
    });
}

async function erase(
  userId: string,
  { mode, yes, wait, json, ...options }: EraseOptions,
  output: Output,
): Promise<void> {
  if (!yes) await confirm(userId, mode);
  await withService(options, async (client) => {
    const { id } = await client.eraseUser(userId, { mode });
    if (wait) output.note(`The erasure ${printable(id)} is accepted.`);
    if (wait) output.result(textOf(await waitUntilDone(client, id), json));
    else output.result(textOf({ id, status: 'accepted', erased: 0 }, json));
  });
}

async function waitUntilDone(client: ActivityClient, id: string): Promise<Erasure> {
  for (;;) {
    const found = await client.erasure(id);
    if (found?.status === 'done') return found;
    await delay(500);
  }
}

/** Asks for confirmation. Throws UsageError if the standard input is not a terminal, or the answer is not `yes`. */
async function confirm(userId: string, mode: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new UsageError('Pass --yes: without a terminal, the command cannot ask for confirmation.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const what = mode === 'erase' ? 'Erase all data of' : 'Anonymise all data of';
    // Ctrl-D closes the terminal interface, and the question then gets no answer.
    const closed = new Promise<string>((resolve) => {
      terminal.once('close', () => resolve(''));
    });
    const asked = terminal.question(`${what} ${JSON.stringify(userId)}? This can't be undone. Type yes: `);
    const answer = await Promise.race([asked, closed]);
    if (answer.trim() !== 'yes') throw new UsageError('Nothing was erased.');
  } finally {
    terminal.close();
  }
}

const textOf = (erasure: Erasure, json: boolean): string =>
  json
    ? `${JSON.stringify(erasure)}\n`
    : `${printable(erasure.id)} ${printable(erasure.status)}${erasure.status === 'done' ? `, ${countWithNoun(erasure.erased, 'activity', 'activities')}` : ''}\n`;
