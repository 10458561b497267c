import { once } from 'node:events';
import { readEnvironment } from './config.ts';
import { RequestError, UsageError } from './failure.ts';
import { fetchReadiness } from './health.ts';
import type { Output } from './output.ts';
import { printableLines } from './printable.ts';

/** Replaces characters that could control a terminal: clients of the service may have written the text, and JSON does not escape all of them. */
const safeForTerminal = (text: string): string =>
  process.stdout.isTTY ? text.replaceAll(/[\u007f-\u009f\p{Cf}]/gu, '\ufffd') : text;

const output: Output = {
  result: (text) => void process.stdout.write(safeForTerminal(text)),
  async stream(text) {
    if (!process.stdout.write(safeForTerminal(text))) await once(process.stdout, 'drain');
  },
  note: (text) => void process.stderr.write(`${printableLines(text)}\n`),
};
// A program such as `head` closes the pipe when it has read enough, which is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    // A container engine runs `health` again and again, so this path loads no other code.
    if (args[0] === 'health') output.result(`${await fetchReadiness(readEnvironment().url)}\n`);
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

/** Returns the message of an error of the command or of the operating system. Returns undefined for any other error, which is a bug. */
function messageOf(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof RequestError) return error.message;
  const isSystemError = error instanceof Error && typeof Reflect.get(error, 'syscall') === 'string';
  return isSystemError ? error.message : undefined;
}
