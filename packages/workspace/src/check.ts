// `npm run check`: runs the static checks without the tests. `npm run check -- types lint` runs only the named ones.
import { report, runStaticChecks } from './static-checks.ts';

const results = await runStaticChecks(report, process.argv.slice(2));
if (results.length === 0) throw new Error(`there is no check named ${process.argv.slice(2).join(' or ')}`);
process.exitCode = results.every((result) => result.passed) ? 0 : 1;
