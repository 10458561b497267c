// npm run bench -- [--quick] [--only WORK,...] [--rounds N] [--seconds N] [--events N] [--minutes N] [--out FOLDER]
import { constants } from 'node:os';
import { type Options, parseOptions, usageText } from './options.ts';
import { run } from './run.ts';
import { writeReport } from './report/write-report.ts';
import { markdownOf } from './report/markdown.ts';
import { works } from './works/works.ts';

function optionsOrExit(): Options {
  try {
    return parseOptions(process.argv.slice(2), works);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usageText(works)}`);
    return process.exit(2);
  }
}

// `process.exit` runs the exit handlers, which remove the temporary folders. The servers end by themselves when this process has ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

const options = optionsOrExit();
const report = await run(options, (line) => console.error(line));
console.log(markdownOf(report));
if (report.works.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
if (options.out !== undefined) writeReport(report, options.out);
