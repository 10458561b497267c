import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import type { OnFinished } from '../../deployment/deployment.ts';
import { until } from '../../deployment/deployment.ts';
import { apiKey } from '../../deployment/kinds-of-service.ts';

interface SpoolerOptions {
  readonly url: string;
  /** How many activities to log per second. */
  readonly rate: number;
  readonly onFinished: OnFinished;
}

/** A program that logs at a steady rate and spools. It may be killed and started again, and ends with the test. */
export class Spooler {
  readonly #options: SpoolerOptions;
  readonly #spool: string;
  readonly #ledger: string;
  #runs = 0;
  #process: ServiceProcess;

  constructor(options: SpoolerOptions) {
    const [spool, books] = [temporaryFolder('spool'), temporaryFolder('books')];
    this.#options = options;
    this.#spool = spool.path;
    this.#ledger = join(books.path, 'ledger');
    this.#process = this.#start();
    options.onFinished(async () => {
      await this.#process.end('SIGKILL');
      for (const { remove } of [spool, books]) remove();
    });
  }

  /** Kills the program by SIGKILL, and starts it again. */
  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
    this.#process = this.#start();
  }

  /** Waits until the program has logged this number of activities, in all of its runs. */
  async untilLogged(count: number): Promise<void> {
    let ended = false;
    const process = this.#process;
    void process.exited.then(() => {
      ended = true;
    });
    await until(async () => {
      if (ended) throw new Error(`The program has ended:\n${process.output}`);
      return this.logged >= count;
    });
  }

  /** Waits until the program has removed a spool file, because the service has answered all of its activities. */
  async untilSettled(file: string): Promise<void> {
    await until(async () => !this.#files.includes(file));
  }

  /** Lets the program send its spooled activities and end. Returns what it prints. */
  async finish(): Promise<string> {
    const code = await this.#process.end('SIGTERM');
    if (code !== 0) throw new Error(`The program failed:\n${this.#process.output}`);
    return this.#process.output.trim();
  }

  /** The number of activities that were logged. */
  get logged(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The ids of the activities that were logged. */
  get ids(): readonly string[] {
    return [...this.#counts].flatMap(([run, count]) =>
      Array.from({ length: count }, (_, index) => `${run}-${index}`),
    );
  }

  /** The oldest file of the spool. */
  get oldestFile(): string {
    return this.#files[0] ?? '';
  }

  get spoolBytes(): number {
    return this.#files.reduce((sum, name) => sum + statSync(join(this.#spool, name)).size, 0);
  }

  get #files(): readonly string[] {
    return readdirSync(this.#spool)
      .filter((name) => name.endsWith('.ndjson'))
      .toSorted();
  }

  /** The number of activities that each run has logged. */
  get #counts(): ReadonlyMap<string, number> {
    const text = existsSync(this.#ledger) ? readFileSync(this.#ledger, 'utf8') : '';
    // A killed program may leave half a line.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).matchAll(/^(.+) (\d+)$/gm);
    return new Map([...lines].map(([, run = '', count]) => [run, Number(count)]));
  }

  #start(): ServiceProcess {
    this.#runs += 1;
    return new ServiceProcess({
      main: 'packages/system-tests/test/clients/outage/spooling-program.ts',
      environment: {
        SERVICE_URL: this.#options.url,
        SERVICE_KEY: apiKey,
        SPOOL: this.#spool,
        LEDGER: this.#ledger,
        RUN: `run-${this.#runs}`,
        RATE: String(this.#options.rate),
      },
    });
  }
}
