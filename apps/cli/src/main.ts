import { once } from 'node:events';
import { readEnvironment } from './config.ts';
import { RequestError, UsageError } from './failure.ts';
import { health } from './health.ts';
import type { Output } from './output.ts';
import { printableLines } from './printable.ts';

/** Others may have written the text. JSON escapes only some of the characters that a terminal obeys. */
const shown = (text: string): string =>
  process.stdout.isTTY ? text.replaceAll(/[\u007f-\u009f\p{Cf}]/gu, '\ufffd') : text;

const output: Output = {
  result: (text) => void process.stdout.write(shown(text)),
  async stream(text) {
    if (!process.stdout.write(shown(text))) await once(process.stdout, 'drain');
  },
  note: (text) => void process.stderr.write(`${printableLines(text)}\n`),
};
// A program such as `head` closes the pipe when it has enough.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
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
    const message = messageOf(error);
    if (message === undefined) throw error;
    output.note(message);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Returns the message of a failure that is no bug: of the command, or of the operating system. */
function messageOf(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof RequestError) return error.message;
  const isOfSystem = error instanceof Error && typeof Reflect.get(error, 'syscall') === 'string';
  return isOfSystem ? error.message : undefined;
}
