import type { Command } from 'commander';
import type { Output } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';

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
      // It loads the drivers of all engines.
      const { move } = await import('../move/move.ts');
      await move(options, output, stopSignal());
    });

const help = `
The target is what a service would use with the same variables: KAFKA_BROKERS, MONGODB_URI, KAFKA_TOPIC,
MONGODB_DATABASE and so on. Set ANONYMISATION_KEY to the value of the embedded service if it had one.

Activities with their times, dead letters, keys, projects with their retention, and erasures are moved. Nothing
is removed from the folder. The command can be repeated: it goes on where it stopped, and nothing is doubled.
`;
