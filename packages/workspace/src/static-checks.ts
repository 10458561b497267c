import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root, typeScriptProjects } from './layout.ts';

/** What a check of the sources said. `output` is for people, empty or not. */
export interface StaticResult {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
  readonly seconds: number;
}

interface StaticCheck {
  readonly name: string;
  /** A tool of the root's dependencies, then its arguments. */
  readonly command: () => readonly string[];
}

const checks: readonly StaticCheck[] = [
  { name: 'types', command: () => ['tsc', '-b', ...typeScriptProjects()] },
  { name: 'lint', command: () => ['oxlint'] },
  { name: 'format', command: () => ['biome', 'format'] },
  { name: 'unused', command: () => ['knip'] },
];

/** Runs one check in a process of its own; a tool that can't even be started is a check that failed. */
async function runCheck(check: StaticCheck): Promise<StaticResult> {
  const started = performance.now();
  const answer = await run(check.command).catch((error: unknown) => ({
    passed: false,
    output: String(error),
  }));
  return { name: check.name, ...answer, seconds: (performance.now() - started) / 1000 };
}

async function run(command: () => readonly string[]): Promise<{ passed: boolean; output: string }> {
  const [tool = '', ...args] = command();
  const child = spawn(join(root, 'node_modules', '.bin', tool), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return {
    passed: code === 0,
    output: [out, err]
      .map((part) => part.trim())
      .join('\n')
      .trim(),
  };
}

/** Runs the checks (all, or those named), two at a time, and hands on each result as it comes, whatever fails. */
export async function runStaticChecks(
  handOn: (result: StaticResult) => void,
  names: readonly string[] = [],
): Promise<StaticResult[]> {
  const waiting = checks.filter(({ name }) => names.length === 0 || names.includes(name));
  const results: StaticResult[] = [];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const result = await runCheck(check);
      results.push(result);
      handOn(result);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Tells people how a check ended, and why where it failed. */
export function report({ name, passed, output, seconds }: StaticResult): void {
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
  if (!passed) console.log(output);
}
