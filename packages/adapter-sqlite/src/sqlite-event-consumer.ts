import { setTimeout as delay } from 'node:timers/promises';
import type { EventConsumer, LogRecord, RecordHandler } from '@user-activity/domain';
import { logUnavailable } from './failure.ts';
import { logRecord } from './log-record.ts';
import { cancelled } from './log-watch.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** How a consumer behaves. */
export interface SqliteEventConsumerOptions {
  /** The name under which records tell where they come from. `user-activity` where not given. */
  readonly topic?: string;
}

const mostRecords = 1000;
const mostBytes = 8 * 1024 * 1024;
const timeoutMs = 10_000;

/** Reads the log in the file, which has one partition: of the members of a group one works, and the others stand by. */
export class SqliteEventConsumer implements EventConsumer {
  readonly #database: SqliteDatabase;
  readonly #group: string;
  readonly #topic: string;
  readonly #stopping: AbortController = new AbortController();
  #work: Promise<void> | undefined;

  constructor(database: SqliteDatabase, group: string, options: SqliteEventConsumerOptions = {}) {
    this.#database = database;
    this.#group = group;
    this.#topic = options.topic ?? 'user-activity';
  }

  async start(handler: RecordHandler): Promise<void> {
    if (this.#work !== undefined) throw new Error('A consumer is started once.');
    const { signal } = this.#stopping;
    const { consumers, watch, writer } = this.#database;
    consumers.add(this);
    const joined = this.#persist(() => writer.submit('join', this.#group, { timeoutMs }));
    this.#work = joined.then(() => watch.inTurn(this.#group, signal, () => this.#consume(handler)));
    // Ends with `stop` only, which waits for it.
    this.#work.catch(() => undefined);
    await joined;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#database.consumers.delete(this);
    await this.#work?.catch(() => undefined);
  }

  async #consume(handler: RecordHandler): Promise<void> {
    const { log, watch, writer } = this.#database;
    const { signal } = this.#stopping;
    const stopped = cancelled(signal);
    const read = async (from: number): Promise<readonly LogRecord[]> => {
      const portion = { from, mostRecords, mostBytes };
      const entries = await this.#persist(() => log.submit('records', portion, { timeoutMs }));
      return entries.map((entry) => logRecord(this.#topic, entry));
    };
    let next = await this.#persist(() => log.submit('position', this.#group, { timeoutMs }));
    while (!signal.aborted) {
      const { changed } = watch;
      const records = await read(next);
      const last = records.at(-1);
      if (last === undefined) {
        await Promise.race([changed, stopped]);
        continue;
      }
      // The handler decides by the signal what it does when cancelled; if it resolves, it is through with the records.
      if (!(await this.#handled(() => handler(records, signal)))) return;
      next = last.origin.offset + 1;
      const progress = { group: this.#group, next };
      await this.#persist(() => writer.submit('commit', progress, { timeoutMs }), 1);
    }
  }

  /** Whether it was done before the consumer was stopped. */
  async #handled(attempt: () => Promise<unknown>): Promise<boolean> {
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await attempt();
        return true;
      } catch {
        await pause(failures, signal);
      }
    }
    return false;
  }

  /** Tries until the database answers, or until the consumer is stopped: then once at least, or not at all. */
  async #persist<Result>(attempt: () => Promise<Result>, least = 0): Promise<Result> {
    const { signal } = this.#stopping;
    let failure: unknown = signal.reason;
    for (let failures = 0; failures < least || !signal.aborted; ) {
      try {
        return await attempt();
      } catch (error) {
        failure = logUnavailable(error);
        failures += 1;
      }
      await pause(failures, signal);
    }
    throw failure;
  }
}

/** A pause that grows from 50 ms to 5 s; ends early when cancelled. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  await delay(Math.min(5000, 25 * 2 ** Math.min(failures, 10)), undefined, { signal }).catch(() => undefined);
}
