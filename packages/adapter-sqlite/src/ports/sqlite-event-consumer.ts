import { setImmediate } from 'node:timers/promises';
import {
  DomainError,
  type EventConsumer,
  type LogRecord,
  type OutageObserver,
  type PartitionProgress,
  type RecordHandler,
} from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import { isEnded, logUnavailable } from './failure.ts';
import { logRecord } from './log-record.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { LogEntry } from '../protocol/rows.ts';

/** How a consumer behaves. */
export interface SqliteEventConsumerOptions {
  /** The name under which records tell where they come from. `user-activity` where not given. */
  readonly topic?: string;
  readonly observer?: OutageObserver;
}

const mostRecords = 1000;
const mostBytes = 8 * 1024 * 1024;
const bytesAtOnce = 256 * 1024;
const timeoutMs = 10_000;

/** Reads the log in the file, which has one partition: of the members of a group one works, and the others stand by. */
export class SqliteEventConsumer implements EventConsumer {
  readonly #database: SqliteDatabase;
  readonly #group: string;
  readonly #topic: string;
  readonly #observer: OutageObserver | undefined;
  readonly #stopping: AbortController = new AbortController();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly ended: Promise<void> = this.#ended.promise;
  #work: Promise<void> | undefined;
  /** Of the last attempt, while it is not made good. */
  #failure: DomainError | undefined;

  constructor(database: SqliteDatabase, group: string, options: SqliteEventConsumerOptions = {}) {
    this.#database = database;
    this.#group = group;
    this.#topic = options.topic ?? 'user-activity';
    this.#observer = options.observer;
    // Whoever wants to know looks at it.
    this.ended.catch(() => undefined);
  }

  async start(handler: RecordHandler): Promise<void> {
    if (this.#work !== undefined) throw new Error('A consumer is started once.');
    const { signal } = this.#stopping;
    const { consumers, watch, writer } = this.#database;
    consumers.add(this);
    const joined = this.#persist(() => writer.submit('join', this.#group, { timeoutMs }));
    this.#work = joined.then(() => watch.inTurn(this.#group, signal, () => this.#consume(handler)));
    this.#work.catch((error: unknown) => {
      if (!signal.aborted) this.#ended.reject(error);
    });
    await joined;
  }

  async ping(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    // Either it was stopped, or it has ended by itself.
    if (this.#stopping.signal.aborted) throw new DomainError('LOG_UNAVAILABLE', 'The consumer has stopped.');
    try {
      const nothing = { from: Number.MAX_SAFE_INTEGER, mostRecords: 1, mostBytes: 1 };
      await this.#database.log.submit('records', nothing, { timeoutMs });
    } catch (error) {
      throw logUnavailable(error);
    }
  }

  /** Of the one partition: whoever stands by shares it. */
  async progress(): Promise<readonly PartitionProgress[]> {
    try {
      const progress = await this.#database.log.submit('progress', this.#group, { timeoutMs });
      return [{ partition: 0, ...progress }];
    } catch (error) {
      throw logUnavailable(error);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#database.consumers.delete(this);
    this.#database.watch.announce();
    await this.#work?.catch(() => undefined);
    this.#ended.resolve();
  }

  async #consume(handler: RecordHandler): Promise<void> {
    const { log, watch, writer } = this.#database;
    const { signal } = this.#stopping;
    const read = async (from: number): Promise<readonly LogRecord[]> => {
      const portion = { from, mostRecords, mostBytes };
      const entries = await this.#persist(() => log.submit('records', portion, { timeoutMs }));
      return decoded(this.#topic, entries);
    };
    let next = await this.#persist(() => log.submit('position', this.#group, { timeoutMs }));
    while (!signal.aborted) {
      const { changed } = watch;
      const records = await read(next);
      const last = records.at(-1);
      if (last === undefined) {
        await changed;
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
        await backOff(failures, signal);
      }
    }
    return false;
  }

  /** Tries until the database answers, or until the consumer is stopped: then `least` times at least. A dead thread stays dead. */
  async #persist<Result>(attempt: () => Promise<Result>, least = 0): Promise<Result> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (failures < least || !signal.aborted) {
      try {
        const result = await attempt();
        if (failures > 0) this.#observer?.recovered(failures);
        this.#failure = undefined;
        return result;
      } catch (error) {
        this.#failure = logUnavailable(error);
        if (isEnded(error)) throw this.#failure;
        failures += 1;
        this.#observer?.failed(this.#failure, failures);
      }
      await backOff(failures, signal);
    }
    throw this.#failure ?? new DomainError('LOG_UNAVAILABLE', 'The consumer has stopped.');
  }
}

/** The records of entries. To parse 8 MiB of them takes a second at worst: others have their turn in between. */
async function decoded(topic: string, entries: readonly LogEntry[]): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  let bytes = 0;
  for (const entry of entries) {
    records.push(logRecord(topic, entry));
    bytes += entry[2]?.length ?? 0;
    if (bytes < bytesAtOnce) continue;
    await setImmediate();
    bytes = 0;
  }
  return records;
}
