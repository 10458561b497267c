import { resolve } from 'node:path';
import { DemoService } from './demo-service.ts';
import { DemoFolder, type DemoState } from './demo-state.ts';
import { fill } from './fill.ts';
import { formatIncidents } from './format-incidents.ts';
import { logLiveTraffic } from './live-traffic.ts';
import { Month } from './month/month.ts';
import { openBrowser } from './open-browser.ts';
import { ProgressLine } from './progress-line.ts';
import { UsageError } from './usage-error.ts';

/** The options of the command. An undefined option takes the value of the existing data, or else its default. */
export interface DemoOptions {
  readonly activities?: number;
  readonly users?: number;
  readonly seed?: number;
  readonly data: string;
  readonly port: number;
  readonly reset: boolean;
  readonly open: boolean;
  readonly quiet: boolean;
}

/** Fills the data folder unless it is filled, and runs the service on it until the signal is aborted. */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const folder = new DemoFolder(resolve(options.data));
  if (options.reset) await folder.reset();
  const earlier = await folder.read();
  const state = stateFor(options, earlier);
  if (earlier === undefined) await folder.write(state);
  const month = new Month(state);
  const service = await DemoService.start(folder.path, options.port);
  const endsEarly = service.ended.then(() => {
    if (!signal.aborted) throw new UsageError('The service ended unexpectedly. Its messages are above.');
  });
  try {
    const serve = async (): Promise<void> => {
      if (!state.isFilled) await fill(month, state, folder, service.url, new ProgressLine(), signal);
      process.stdout.write(formatIncidents(month.incidents, service.url));
      process.stdout.write(`\nThe demo is at ${service.url} until you press Ctrl-C.\n`);
      if (options.open) openBrowser(service.url);
      if (!options.quiet) await logLiveTraffic(month.people, month.version, service.url, signal);
    };
    await Promise.race([Promise.all([serve(), waitUntilAborted(signal)]), endsEarly]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await service.stop();
  }
}

/** Returns the state from which to continue. Throws UsageError if the existing data belongs to a different demo than the options describe. */
function stateFor({ seed, activities, users, data }: DemoOptions, earlier: DemoState | undefined): DemoState {
  if (earlier === undefined)
    return {
      seed: seed ?? 1,
      activities: activities ?? 1_000_000,
      users: users ?? 2000,
      end: Date.now(),
      logged: 0,
      isFilled: false,
    };
  const wanted = { seed, activities, users };
  for (const [name, value] of Object.entries(wanted)) {
    const existing = earlier[name as keyof typeof wanted];
    if (value !== undefined && value !== existing)
      throw new UsageError(`${data} holds a demo with --${name} ${existing}. Pass --reset to replace it.`);
  }
  return earlier;
}

const waitUntilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolvePromise) => {
    if (signal.aborted) resolvePromise();
    else signal.addEventListener('abort', () => resolvePromise(), { once: true });
  });
