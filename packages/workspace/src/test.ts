// `npm test`: runs all static checks and all tests. Arguments are those of vitest: file filters, `--project unit`, `-t name`.
import { join } from 'node:path';
import { root } from './layout.ts';
import { checkNames, report, runStaticChecks } from './static-checks.ts';
import { tally } from './tally.ts';

// Vitest reads NO_COLOR when it is loaded, so set it before.
if (!process.stdout.isTTY) process.env['NO_COLOR'] ??= '1';
const { parseCLI, startVitest } = await import('vitest/node');

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
// Tests write build output to the folders of the type check, so the type check must end first. The other checks run in parallel with
// the tests.
const types = await runStaticChecks(report, ['types']);
const others = runStaticChecks(
  report,
  checkNames.filter((name) => name !== 'types'),
);
const vitest = await startVitest(filter, {
  ...options,
  config: join(root, 'vitest.workspace.ts'),
  run: true,
});
const checks = [...types, ...(await others)];
const modules = vitest.state.getTestModules();
const result = tally(checks, modules, vitest.state.getUnhandledErrors());

const hasTests = modules.some((module) => !module.children.allTests().next().done);
if (!hasTests) console.log('No test was found.');
// Vitest also reports failures that are in no test, such as a broken configuration.
const isGood = hasTests && result.failed === 0 && (process.exitCode ?? 0) === 0;
console.log(`${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
process.exitCode = isGood ? 0 : 1;
