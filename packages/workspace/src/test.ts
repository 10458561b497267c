// `npm test`: runs all static checks and all tests. Passes its arguments to vitest: file filters, `--project unit`, `-t name`.
import { join } from 'node:path';
import { root } from './layout.ts';
import { checkNames, printResult, runStaticChecks } from './static-checks.ts';
import { tally } from './tally.ts';

// Vitest reads NO_COLOR when it is loaded, so set it before.
if (!process.stdout.isTTY) process.env['NO_COLOR'] ??= '1';
const { parseCLI, startVitest } = await import('vitest/node');

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
// The type check must end before the tests begin, because tests write build output to its folders. All other checks run during the tests.
const typeResults = await runStaticChecks(printResult, ['types']);
const checksDuringTests = runStaticChecks(
  printResult,
  checkNames.filter((name) => name !== 'types'),
);
const vitest = await startVitest(filter, {
  ...options,
  config: join(root, 'vitest.workspace.ts'),
  run: true,
});
const checks = [...typeResults, ...(await checksDuringTests)];
const modules = vitest.state.getTestModules();
const result = tally(checks, modules, vitest.state.getUnhandledErrors());

const hasTests = modules.some((module) => !module.children.allTests().next().done);
if (!hasTests) console.log('No test was found.');
// Vitest also reports failures that are in no test, such as a broken configuration.
const hasPassed = hasTests && result.failed === 0 && (process.exitCode ?? 0) === 0;
console.log(`${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
process.exitCode = hasPassed ? 0 : 1;
