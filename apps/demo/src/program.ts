import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type DemoOptions, runDemo } from './run-demo.ts';
import { UsageError } from './usage-error.ts';

/** Returns a function that parses a whole number from `min` to `max`. */
const wholeNumberParser =
  (min: number, max: number) =>
  (text: string): number => {
    if (!/^\d{1,10}$/.test(text) || Number(text) < min || Number(text) > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return Number(text);
  };

const help = `
The first start fills the data folder; later starts use this data at once. If the first start was interrupted, the next
one continues filling. The same seed gives the same demo, except that its times end at the moment of the first start.
`;

/** Runs the command. Throws UsageError if an option or the data folder is not usable. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<void> {
  const program = new Command('demo')
    .description('Fill the embedded service with a believable month, and open the dashboard on it.')
    .addOption(
      new Option('--activities <count>', 'the number of activities. Default: 1000000').argParser(
        wholeNumberParser(1000, 10_000_000),
      ),
    )
    .addOption(
      new Option('--users <count>', 'the number of users. Default: 2000').argParser(
        wholeNumberParser(10, 100_000),
      ),
    )
    .addOption(
      new Option('--seed <number>', 'a different seed makes a different demo. Default: 1').argParser(
        wholeNumberParser(0, 2 ** 31 - 1),
      ),
    )
    .option('--data <folder>', 'the data folder', './demo-data')
    .option('--port <port>', 'the port of the service', wholeNumberParser(0, 65_535), 3000)
    .option('--reset', 'delete the data of an earlier demo first', false)
    .option('--no-open', 'do not open a browser')
    .option('--quiet', 'do not log live activities after the month', false)
    .addHelpText('after', help)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .action((options: DemoOptions) => runDemo(options, signal));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0)
      throw new UsageError(`${error.message.replace(/^error: /, '')}\nSee \`npm run demo -- --help\`.`);
  }
}
