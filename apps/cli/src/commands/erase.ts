import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ActivityClient, Erasure } from '@user-activity/client';
import { type Command, Option } from 'commander';
import { pathText } from '../arguments.ts';
import { RequestError, UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
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
    .argument('<user>', 'the id of the user, exactly as it was logged', pathText)
    .addOption(
      new Option('--mode <mode>', 'anonymise: keep the activities without user and metadata')
        .choices(['erase', 'anonymise'])
        .default('erase'),
    )
    .option('--yes', 'do not ask whether you are sure', false)
    .option('--wait', 'wait until nothing of the user is left', false)
    .option('--json', 'write the result as JSON', false)
    .action((userId: string, options: EraseOptions) => erase(userId, options, output));

  withServiceOptions(program.command('erasure').description('show how far an erasure is'))
    .argument('<id>', 'the id that erase has shown', pathText)
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
    if (wait) output.result(textOf(await untilDone(client, id), json));
    else output.result(textOf({ id, status: 'accepted', erased: 0 }, json));
  });
}

async function untilDone(client: ActivityClient, id: string): Promise<Erasure> {
  for (;;) {
    const found = await client.erasure(id);
    if (found?.status === 'done') return found;
    await delay(500);
  }
}

/** Asks whether the user is sure. Throws UsageError if there is nobody to ask, or the answer is not yes. */
async function confirm(userId: string, mode: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('Pass --yes to erase without a question.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const what = mode === 'erase' ? 'Erase everything of' : 'Anonymise everything of';
    // Ctrl-D closes the question without an answer.
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
    : `${printable(erasure.id)} ${printable(erasure.status)}${erasure.status === 'done' ? `, ${erasure.erased} activities` : ''}\n`;
