import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { faultOf } from './documented-answer.ts';
import { type Example, examplesOf } from './documented-page.ts';
import { DocumentedValues } from './documented-values.ts';

/** The URL of the service on the pages. */
const writtenUrl = 'http://127.0.0.1:3000';

/** Options of a run of a page. */
export interface PageRun {
  /** The URL of the service in this run. */
  readonly url: string;
  /** The folder in which the commands run. */
  readonly folder: string;
  /** Further variables of the commands. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The maximum number of attempts for an answer that comes a moment later, at intervals of 50 ms. */
  readonly attempts?: number;
}

/**
 * Runs the commands of a page in order, and compares each answer with the one that is shown. Resolves with the number of commands.
 * Rejects at the first command that fails or whose answer differs, with its line and its output.
 */
export async function runPage(
  page: string,
  { url, folder, environment = {}, attempts = 1200 }: PageRun,
): Promise<number> {
  const values = new DocumentedValues();
  const examples = examplesOf(page);
  for (const example of examples) {
    const commands = values.spelled(example.commands).replaceAll(writtenUrl, url);
    for (let left = example.mayTakeAMoment ? attempts : 1; ; left -= 1) {
      const output = await run(commands, folder, environment);
      const fault = output.failed ? 'it failed' : judged(example, output.out, values);
      if (fault === undefined) break;
      if (left === 1)
        throw new Error(`Line ${example.line}: ${fault}.\n${commands}\n${output.out}\n${output.err}`);
      await delay(50);
    }
  }
  return examples.length;
}

const judged = ({ answer }: Example, output: string, values: DocumentedValues): string | undefined =>
  answer === undefined ? undefined : values.learn((found) => faultOf(answer, output, found));

async function run(
  commands: string,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ failed: boolean; out: string; err: string }> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', commands], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: cwd, ...environment },
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { failed: child.exitCode !== 0, out, err };
}
