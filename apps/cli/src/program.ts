import { Command, CommanderError } from 'commander';
import { readEnvironment } from './config.ts';
import { deadLetters } from './dead-letters.ts';
import { UsageError } from './failure.ts';
import type { Output } from './output.ts';

/** Runs a command. Throws UsageError and RequestError. */
export async function run(args: readonly string[], output: Output): Promise<void> {
  const program = makeProgram(output);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help was asked for and written.
    if (error.exitCode !== 0) throw new UsageError(error.message);
  }
}

function makeProgram(output: Output): Command {
  const program = new Command('user-activity')
    .description('The command line of the user-activity log.')
    .exitOverride()
    // A fault is written once, by the caller.
    .configureOutput({ writeOut: (text) => output.result(text), writeErr: () => undefined })
    .action(() => {
      throw new UsageError(program.helpInformation());
    });
  program
    .command('dead-letters')
    .description('list what could not be stored, and replay it')
    .helpOption(false)
    .argument('[arguments...]')
    .allowUnknownOption()
    .action((args: string[]) => deadLetters(args, readEnvironment(), output));
  program
    .command('move')
    .description('move the data of an embedded service to Kafka and MongoDB')
    .requiredOption('--from-data <folder>', 'the DATA_DIR of the embedded service, which must be stopped')
    .option('--no-wait', 'end when the log has everything, before consumers have stored it')
    .option('--json', 'write the result as JSON', false)
    .addHelpText('after', moveHelp)
    .action(
      async (options: { readonly fromData: string; readonly wait: boolean; readonly json: boolean }) => {
        // It loads the drivers of all engines.
        const { move } = await import('./move/move.ts');
        const stop = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
        await move(options, output, stop.signal);
      },
    );
  return program;
}

const moveHelp = `
The target is what a service would use with the same variables: KAFKA_BROKERS, MONGODB_URI, KAFKA_TOPIC,
MONGODB_DATABASE and so on. Set ANONYMISATION_KEY to the value of the embedded service if it had one.

Activities with their times, dead letters, keys, projects with their retention, and erasures are moved. Nothing
is removed from the folder. The command can be repeated: it goes on where it stopped, and nothing is doubled.

Exit codes: 0 done, 1 failed, 2 invalid usage.
`;
