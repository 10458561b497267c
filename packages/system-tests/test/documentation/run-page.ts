import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { faultOf } from './documented-answer.ts';
import { type Example, examplesOf } from './documented-page.ts';
import { DocumentedValues } from './documented-values.ts';

/** Where the service is, as pages say it. */
const writtenUrl = 'http://127.0.0.1:3000';

/** How a page is run. */
export interface PageRun {
  /** Where the service is in truth. */
  readonly url: string;
  /** Where the commands are run. */
  readonly folder: string;
  /** How often something that takes a moment is tried, with 50 ms between. */
  readonly attempts?: number;
}

/**
 * Runs every command of the page, in their order, and compares each answer with the one that is shown. Resolves with the number of
 * commands; rejects at the first that fails or answers otherwise, with its line and what it wrote.
 */
export async function runPage(page: string, { url, folder, attempts = 300 }: PageRun): Promise<number> {
  const values = new DocumentedValues();
  const examples = examplesOf(page);
  for (const example of examples) {
    const commands = values.spelled(example.commands).replaceAll(writtenUrl, url);
    for (let left = example.patient ? attempts : 1; ; left -= 1) {
      const output = await run(commands, folder);
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

async function run(commands: string, cwd: string): Promise<{ failed: boolean; out: string; err: string }> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', commands], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: cwd },
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { failed: child.exitCode !== 0, out, err };
}
