import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root, toolFolder, typeScriptProjects } from './layout.ts';

/** The result of a static check. `output` is the output of its tool, and may be empty. */
export interface StaticResult {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
  readonly seconds: number;
}

interface StaticCheck {
  readonly name: string;
  /** Returns the name of a tool, followed by its arguments. */
  readonly command: () => readonly string[];
}

const checks: readonly StaticCheck[] = [
  { name: 'types', command: () => ['tsc', '-b', ...typeScriptProjects()] },
  { name: 'lint', command: () => ['oxlint'] },
  { name: 'format', command: () => ['biome', 'format'] },
  { name: 'unused', command: () => ['knip'] },
];

/** The names of all checks. */
export const checkNames: readonly string[] = checks.map(({ name }) => name);

/** Runs a check in a new process. If its tool cannot be started, the check fails. */
async function runCheck(check: StaticCheck): Promise<StaticResult> {
  const startedAt = performance.now();
  const result = await run(check.command).catch((error: unknown) => ({
    passed: false,
    output: String(error),
  }));
  return { name: check.name, ...result, seconds: (performance.now() - startedAt) / 1000 };
}

async function run(command: () => readonly string[]): Promise<{ passed: boolean; output: string }> {
  const [tool = '', ...args] = command();
  const child = spawn(join(toolFolder, tool), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const exitCode = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode]);
  return {
    passed: code === 0,
    output: [out, err]
      .map((part) => part.trim())
      .join('\n')
      .trim(),
  };
}

/** Runs the named checks, or all checks, two at a time. Calls `onResult` at the end of each check. A failed check stops no other check. */
export async function runStaticChecks(
  onResult: (result: StaticResult) => void,
  names: readonly string[] = [],
): Promise<StaticResult[]> {
  const queue = checks.filter(({ name }) => names.length === 0 || names.includes(name));
  const results: StaticResult[] = [];
  const worker = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      const result = await runCheck(check);
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Prints the result of a check. If the check failed, also prints its output. */
export function printResult({ name, passed, output, seconds }: StaticResult): void {
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
  if (!passed) console.log(output);
}
