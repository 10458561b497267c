// `npm run check`: runs the static checks without the tests. `npm run check -- types lint` runs only the checks `types` and `lint`.
import { printResult, runStaticChecks } from './static-checks.ts';

const results = await runStaticChecks(printResult, process.argv.slice(2));
if (results.length === 0) throw new Error(`there is no check named ${process.argv.slice(2).join(' or ')}`);
process.exitCode = results.every((result) => result.passed) ? 0 : 1;
