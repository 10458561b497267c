import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type DemoOptions, runDemo } from './run-demo.ts';
import { UsageError } from './usage-error.ts';

const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    if (!/^\d{1,10}$/.test(text) || Number(text) < min || Number(text) > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return Number(text);
  };

const help = `
The first start fills the data; later ones begin at once. A start after Ctrl-C or a crash goes on filling. The same seed
gives the same demo, except that it always ends at the moment of the first start.
`;

/** Runs the command. Throws UsageError. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<void> {
  const program = new Command('demo')
    .description('Fill the embedded service with a believable month, and open the dashboard on it.')
    .addOption(
      new Option('--activities <count>', 'how many activities. Default: 1000000').argParser(
        wholeNumber(1000, 10_000_000),
      ),
    )
    .addOption(
      new Option('--users <count>', 'how many users. Default: 2000').argParser(wholeNumber(10, 100_000)),
    )
    .addOption(
      new Option('--seed <number>', 'make another demo. Default: 1').argParser(wholeNumber(0, 2 ** 31 - 1)),
    )
    .option('--data <folder>', 'the folder of the data', './demo-data')
    .option('--port <port>', 'the port of the service', wholeNumber(0, 65_535), 3000)
    .option('--reset', 'delete the data of an earlier demo first', false)
    .option('--no-open', 'do not open a browser')
    .option('--quiet', 'log no activities that happen now', false)
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
