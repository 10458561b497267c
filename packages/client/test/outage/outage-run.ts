import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts, ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { ActivityClient } from '../../src/index.ts';

/** An outage of the service, while a program goes on logging. */
export interface Outage {
  /** Activities per second. */
  readonly rate: number;
  readonly seconds: number;
  /** How often the program is killed by SIGKILL during the outage, and started again. */
  readonly kills: number;
}

/** What came of it. */
export interface OutageResult {
  /** The number of calls of `log` that returned. */
  readonly logged: number;
  /** The ids that were logged and are not stored. */
  readonly lost: readonly string[];
  /** The number of activities that were stored twice. */
  readonly doubled: number;
  /** The bytes of the spool at the end of the outage. */
  readonly spoolBytes: number;
  /** The bytes that the spool has left at the end. */
  readonly leftBytes: number;
  readonly catchUpSeconds: number;
  /** What the last program printed. */
  readonly output: string;
}

/** Stops the service by SIGKILL for a time, under load, kills the program too, and looks for what was lost. */
export async function runOutage({ rate, seconds, kills }: Outage): Promise<OutageResult> {
  const [data, spool, books] = ['data', 'spool', 'books'].map((name) => temporaryFolder(`outage-${name}`));
  if (data === undefined || spool === undefined || books === undefined)
    throw new Error('There is no folder.');
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const ledger = join(books.path, 'ledger');
  const running = new Set<ServiceProcess>();
  const started = (process: ServiceProcess): ServiceProcess => {
    running.add(process);
    return process;
  };
  const startService = (): ServiceProcess =>
    started(new ServiceProcess({ folder: data.path, environment: { PORT: String(port) } }));
  let runs = 0;
  const startProgram = (): ServiceProcess => {
    const environment = {
      SERVICE_URL: url,
      SPOOL: spool.path,
      LEDGER: ledger,
      RUN: `run-${runs}`,
      RATE: String(rate),
    };
    runs += 1;
    return started(
      new ServiceProcess({ main: 'packages/client/test/outage/spooling-program.ts', environment }),
    );
  };
  try {
    let service = startService();
    await service.ready();
    let program = startProgram();
    const untilLogged = async (count: number): Promise<void> => {
      while (loggedBy(ledger) < count) {
        if (!(await isRunning(program))) throw new Error(`The program has ended:\n${program.output}`);
        await delay(50);
      }
    };
    await untilLogged(rate);
    await service.end('SIGKILL');
    const before = loggedBy(ledger);
    for (let kill = 1; kill <= kills; kill += 1) {
      await untilLogged(before + (rate * seconds * kill) / (kills + 1));
      await program.end('SIGKILL');
      program = startProgram();
    }
    await untilLogged(before + rate * seconds);
    const spoolBytes = bytesIn(spool.path);
    const [oldest = ''] = namesIn(spool.path);
    service = startService();
    await service.ready();
    const beganAt = performance.now();
    // The program dies once more while it sends what it has kept.
    while (namesIn(spool.path).includes(oldest)) await delay(1);
    await program.end('SIGKILL');
    program = startProgram();
    await untilLogged(loggedBy(ledger) + rate);
    const code = await program.end('SIGTERM');
    if (code !== 0) throw new Error(`The program failed:\n${program.output}`);
    const catchUpSeconds = (performance.now() - beganAt) / 1000;
    const logged = idsIn(ledger);
    const stored = await storedIn(new ActivityClient({ url }), logged.length);
    const found = new Set(stored);
    return {
      logged: logged.length,
      lost: logged.filter((id) => !found.has(id)),
      doubled: stored.length - found.size,
      spoolBytes,
      leftBytes: bytesIn(spool.path),
      catchUpSeconds,
      output: program.output,
    };
  } finally {
    await Promise.all([...running].map((process) => process.end('SIGKILL')));
    for (const { remove } of [data, spool, books]) remove();
  }
}

const isRunning = (program: ServiceProcess): Promise<boolean> =>
  Promise.race([program.exited.then(() => false), delay(0).then(() => true)]);

/** Returns how many activities each run of the program has logged. */
function countsIn(ledger: string): ReadonlyMap<string, number> {
  const text = existsSync(ledger) ? readFileSync(ledger, 'utf8') : '';
  // A killed program may leave half a line.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).matchAll(/^(.+) (\d+)$/gm);
  return new Map([...lines].map(([, run = '', count]) => [run, Number(count)]));
}

const loggedBy = (ledger: string): number =>
  [...countsIn(ledger).values()].reduce((sum, count) => sum + count, 0);

const idsIn = (ledger: string): readonly string[] =>
  [...countsIn(ledger)].flatMap(([run, count]) =>
    Array.from({ length: count }, (_, index) => `${run}-${index}`),
  );

const namesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .toSorted();

const bytesIn = (folder: string): number =>
  namesIn(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

/** Lists the ids of all activities, once there are as many. */
async function storedIn(client: ActivityClient, count: number): Promise<readonly string[]> {
  while ((await client.count()) < count) await delay(100);
  const ids: string[] = [];
  for await (const { id } of client.query({ limit: 500 })) ids.push(id);
  return ids;
}
