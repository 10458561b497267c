// `npm run check`: the static checks without the tests; with names (`npm run check -- types lint`) only those.
import { report, runStaticChecks } from './static-checks.ts';

const results = await runStaticChecks(report, process.argv.slice(2));
if (results.length === 0) throw new Error(`no check is called ${process.argv.slice(2).join(' or ')}`);
process.exitCode = results.every((result) => result.passed) ? 0 : 1;
