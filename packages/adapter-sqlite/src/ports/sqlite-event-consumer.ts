import { setImmediate } from 'node:timers/promises';
import {
  DomainError,
  type EventConsumer,
  type LogRecord,
  type OutageObserver,
  type PartitionProgress,
  type RecordHandler,
} from '@user-activity/domain';
import { backOff, retry } from '@user-activity/timing';
import { isEnded, logUnavailable, useLog } from './failure.ts';
import { logRecord } from './log-record.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { LogEntry } from '../protocol/rows.ts';

/** The topic and the observer of a consumer. */
export interface SqliteEventConsumerOptions {
  /** The topic in the origins of records. Default: `user-activity`. */
  readonly topic?: string;
  /** Notified of each failed attempt to read or commit, and of the first success after failures. */
  readonly observer?: OutageObserver;
}

const maxRecords = 1000;
const maxBytes = 8 * 1024 * 1024;
const maxBytesPerTurn = 256 * 1024;
const timeoutMs = 10_000;

/** Reads the log in the file, which has one partition: one member of a group works, and the others stand by. */
export class SqliteEventConsumer implements EventConsumer {
  readonly #database: SqliteDatabase;
  readonly #group: string;
  readonly #topic: string;
  readonly #observer: OutageObserver | undefined;
  readonly #stopping: AbortController = new AbortController();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly ended: Promise<void> = this.#ended.promise;
  #work: Promise<void> | undefined;
  /** The failure of the last attempt. Undefined after a success. */
  #failure: DomainError | undefined;

  constructor(database: SqliteDatabase, group: string, options: SqliteEventConsumerOptions = {}) {
    this.#database = database;
    this.#group = group;
    this.#topic = options.topic ?? 'user-activity';
    this.#observer = options.observer;
    // A rejection that nobody handles would end the process.
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
    if (this.#stopping.signal.aborted) throw new DomainError('LOG_UNAVAILABLE', 'The consumer has stopped.');
    const nothing = { from: Number.MAX_SAFE_INTEGER, maxRecords: 1, maxBytes: 1 };
    await useLog(() => this.#database.log.submit('records', nothing, { timeoutMs }));
  }

  /** Returns the progress of the one partition, also for a member that stands by. */
  progress(): Promise<readonly PartitionProgress[]> {
    return useLog(async () => {
      const progress = await this.#database.log.submit('progress', this.#group, { timeoutMs });
      return [{ partition: 0, ...progress }];
    });
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
      const wanted = { from, maxRecords, maxBytes };
      const entries = await this.#persist(() => log.submit('records', wanted, { timeoutMs }));
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
      // A handler that resolves has handled the records, also if it was cancelled meanwhile.
      if (!(await retry(() => handler(records, signal), signal))) return;
      next = last.origin.offset + 1;
      const progress = { group: this.#group, next };
      await this.#persist(() => writer.submit('commit', progress, { timeoutMs }), 1);
    }
  }

  /** Retries until the database answers, or the consumer is stopped after `minAttempts` attempts. Throws at once if the thread ended. */
  async #persist<Result>(attempt: () => Promise<Result>, minAttempts = 0): Promise<Result> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (failures < minAttempts || !signal.aborted) {
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

/** Decodes entries. To parse 8 MiB takes up to a second, so other work has turns in between. */
async function decoded(topic: string, entries: readonly LogEntry[]): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  let bytes = 0;
  for (const entry of entries) {
    records.push(logRecord(topic, entry));
    bytes += entry[2]?.length ?? 0;
    if (bytes < maxBytesPerTurn) continue;
    await setImmediate();
    bytes = 0;
  }
  return records;
}
