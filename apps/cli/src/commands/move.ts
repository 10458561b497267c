import type { Command } from 'commander';
import type { Output } from '../output.ts';
import { makeStopSignal } from '../stop-signal.ts';

interface MoveOptions {
  readonly fromData: string;
  readonly wait: boolean;
  readonly json: boolean;
}

/** Adds the command that moves the data of an embedded service. */
export const addMoveCommand = (program: Command, output: Output): void =>
  void program
    .command('move')
    .description('move the data of an embedded service to Kafka and MongoDB')
    .requiredOption('--from-data <folder>', 'the DATA_DIR of the embedded service, which must be stopped')
    .option('--no-wait', 'end when the log has everything, before consumers have stored it')
    .option('--json', 'write the result as JSON', false)
    .addHelpText('after', help)
    .action(async (options: MoveOptions) => {
      // Imported only here, because it loads the drivers of all engines.
      const { move } = await import('../move/move.ts');
      await move(options, output, makeStopSignal());
    });

const help = `
The target is named by the variables of the service: KAFKA_BROKERS, MONGODB_URI, KAFKA_TOPIC, MONGODB_DATABASE and so
on. If the embedded service had an ANONYMISATION_KEY, set the same value.

The command moves activities with their times, dead letters, keys, projects with their retention, and erasures. It
removes nothing from the folder. You can repeat it: it continues where it stopped, and stores nothing twice.
`;
