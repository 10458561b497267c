import { isStartedByNpm } from './config.ts';
import { endWithParent } from './end-with-parent.ts';
import { isService, services } from './services.ts';
import { usageOfServices } from './usage.ts';

if (isStartedByNpm()) endWithParent();

const [command = 'standalone', ...args] = process.argv.slice(2);
const asksForHelp = (text: string | undefined): boolean => text === '--help' || text === '-h';

if (command === '--version' || command === '-V') {
  const { versionOf } = await import('@user-activity/runner');
  process.stdout.write(`${versionOf(new URL('../package.json', import.meta.url))}\n`);
} else if (!isService(command)) {
  if (asksForHelp(command)) process.stdout.write(`${usageOfServices}\n`);
  // The command line reads the arguments itself.
  await import('@user-activity/cli');
} else if (args.length === 0) await services[command]();
else if (asksForHelp(args[0])) process.stdout.write(usageOfServices);
else {
  process.stderr.write(
    `${command} takes no arguments: configure it by environment variables, such as PORT=3000.\n`,
  );
  process.exitCode = 2;
}
