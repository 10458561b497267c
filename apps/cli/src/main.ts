import { readEnvironment } from './config.ts';
import { deadLetters, type Output, usage } from './dead-letters.ts';
import { RequestError, UsageError } from './failure.ts';
import { health } from './health.ts';

const output: Output = {
  result: (text) => process.stdout.write(text),
  note: (text) => process.stderr.write(`${text}\n`),
};
// A program such as `head` may close the pipe before all output is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2));

async function main([command, ...args]: readonly string[]): Promise<number> {
  try {
    const environment = readEnvironment();
    // Called repeatedly by the container engine.
    if (command === 'health') output.result(`${await health(environment.url)}\n`);
    else if (command === 'dead-letters') await deadLetters(args, environment, output);
    else throw new UsageError(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof RequestError)) throw error;
    output.note(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}
