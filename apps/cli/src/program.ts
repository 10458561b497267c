import { Command, CommanderError } from 'commander';
import { addDeadLetterCommands } from './commands/dead-letters.ts';
import { addExportCommand } from './commands/export.ts';
import { addEraseCommands } from './commands/erase.ts';
import { addImportCommand } from './commands/import.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addLogCommand } from './commands/log.ts';
import { addMoveCommand } from './commands/move.ts';
import { addReadCommands } from './commands/read.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTailCommand } from './commands/tail.ts';
import { UsageError } from './failure.ts';
import type { Output } from './output.ts';

const commands = [
  addLogCommand,
  addReadCommands,
  addTailCommand,
  addExportCommand,
  addImportCommand,
  addEraseCommands,
  addKeyCommands,
  addDeadLetterCommands,
  addStatusCommand,
  addMoveCommand,
];

/** Runs the command that `args` name. Throws UsageError if they are invalid, and RequestError if the service refuses a request or fails. */
export async function run(args: readonly string[], output: Output): Promise<void> {
  const program = new Command('user-activity-log')
    .description('The command line of the user-activity log.')
    .exitOverride()
    // The caller writes the errors.
    .configureOutput({ writeOut: (text) => output.result(text), writeErr: () => undefined })
    .addHelpText('after', help);
  for (const add of commands) add(program, output);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.help' && error.exitCode !== 0)
      throw new UsageError(`Name a command. ${seeHelp}`);
    // With exit code 0, the user asked for help, and commander has written it.
    if (error.exitCode !== 0) throw new UsageError(`${error.message.replace(/^error: /, '')}\n${seeHelp}`);
  }
}

const seeHelp = 'See `user-activity-log --help`.';
const help = `
Exit codes: 0 success, 1 the service refused the request or failed, 2 invalid usage.
`;
