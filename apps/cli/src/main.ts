import { readEnvironment } from './config.ts';
import { RequestError, UsageError } from './failure.ts';
import { health } from './health.ts';
import type { Output } from './output.ts';

const output: Output = {
  result: (text) => process.stdout.write(text),
  note: (text) => process.stderr.write(`${text}\n`),
};
// A program such as `head` may close the pipe before all output is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    // Called repeatedly by the container engine, so it loads nothing else.
    if (args[0] === 'health') output.result(`${await health(readEnvironment().url)}\n`);
    else {
      const { run } = await import('./program.ts');
      await run(args, output);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof RequestError)) throw error;
    output.note(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}
