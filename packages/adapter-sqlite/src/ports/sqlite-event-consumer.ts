import {
  DomainError,
  type EventConsumer,
  isDomainError,
  type LogRecord,
  type OutageObserver,
  type PartitionProgress,
  type RecordHandler,
  type ResumeAt,
} from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import { eventLoopTurns } from './event-loop-turns.ts';
import { isEnded, logUnavailable, useLog } from './failure.ts';
import { recordFromRow, recordFromEvent } from './log-record.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { LogEntry } from '../protocol/rows.ts';

export interface SqliteEventConsumerOptions {
  /** The topic in the origin of each record. Default: `user-activity`. */
  readonly topic?: string;
  /** Notified of each failed attempt to read or commit, and of the first success after failures. */
  readonly observer?: OutageObserver;
}

const maxRecords = 1000;
const maxBytes = 8 * 1024 * 1024;
const timeoutMs = 10_000;

/** Reads the log, which has one partition. Only one consumer of a group works at a time. The others stand by. */
export class SqliteEventConsumer implements EventConsumer {
  readonly #database: SqliteDatabase;
  readonly #group: string;
  readonly #topic: string;
  readonly #observer: OutageObserver | undefined;
  readonly #stopping = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
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

  async start(handler: RecordHandler, resumeAt: ResumeAt = async (_, next) => next): Promise<void> {
    if (this.#work !== undefined)
      throw new Error('The consumer was already started. Make a new consumer instead.');
    const { signal } = this.#stopping;
    const { consumers, watch, writer } = this.#database;
    consumers.add(this);
    const joined = this.#withRetries(() => writer.submit('join', this.#group, { timeoutMs }));
    this.#work = joined.then(() =>
      watch.runInTurn(this.#group, signal, () => this.#consume(handler, resumeAt)),
    );
    this.#work.catch((error: unknown) => {
      if (!signal.aborted) this.#ended.reject(error);
    });
    await joined;
  }

  async ping(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#stopping.signal.aborted) throw new DomainError('LOG_UNAVAILABLE', 'The consumer has stopped.');
    const emptyQuery = { from: Number.MAX_SAFE_INTEGER, maxRecords: 1, maxBytes: 1 };
    await useLog(() => this.#database.log.submit('records', emptyQuery, { timeoutMs }));
  }

  progress(): Promise<readonly PartitionProgress[]> {
    return useLog(async () => {
      const progress = await this.#database.log.submit('progress', this.#group, { timeoutMs });
      return [{ partition: 0, ...progress, isMarked: false }];
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#database.consumers.delete(this);
    this.#database.watch.announce();
    await this.#work?.catch(() => undefined);
    this.#ended.resolve();
  }

  async #consume(handler: RecordHandler, resumeAt: ResumeAt): Promise<void> {
    const { log, recentEvents, watch } = this.#database;
    const { signal } = this.#stopping;
    const progress = () => log.submit('progress', this.#group, { timeoutMs });
    /** The offset at which the member continues. */
    let next = (await this.#withRetries(progress)).committed;
    // False at the start and after each failure. `resumeAt` is called then, because an older copy may have replaced the store.
    let isConfirmed = false;
    let failures = 0;
    while (!signal.aborted) {
      if (!isConfirmed) {
        // If an older copy has replaced the file, it may have other records at the cached offsets.
        recentEvents.clear();
        next = await this.#goBack(next, await this.#resume(resumeAt, next));
      }
      isConfirmed = true;
      const { changed } = watch;
      const records = await this.#read(next);
      const [first, last] = [records[0]?.origin.offset, records.at(-1)?.origin.offset];
      if (first === undefined || last === undefined) {
        await changed;
        continue;
      }
      if (first > next) {
        const from = await this.#resume(resumeAt, first);
        if (from < next) {
          next = await this.#goBack(next, from);
          continue;
        }
      }
      try {
        await handler(records, signal, { partition: 0, from: next, to: last + 1 });
      } catch {
        isConfirmed = false;
        failures += 1;
        await backOff(failures, signal);
        continue;
      }
      failures = 0;
      next = last + 1;
      // If the handler resolves, it has handled the records, even if the signal was aborted meanwhile.
      await this.#commit(next);
    }
  }

  /** Returns the lower of the offsets. If that is `from`, commits it, so that no record is deleted before it is handled again. */
  async #goBack(next: number, from: number): Promise<number> {
    if (from < next) await this.#commit(from);
    return Math.min(from, next);
  }

  async #read(from: number): Promise<readonly LogRecord[]> {
    const events = this.#database.recentEvents.from(from, maxRecords);
    if (events.length > 0)
      return events.map((event, index) => recordFromEvent(this.#topic, from + index, event));
    const query = { from, maxRecords, maxBytes };
    const entries = await this.#withRetries(() => this.#database.log.submit('records', query, { timeoutMs }));
    return decodeEntries(this.#topic, entries);
  }

  /** Commits the next offset of the group. Tries at least once, even if the consumer is stopped. */
  async #commit(next: number): Promise<void> {
    const progress = { group: this.#group, next };
    await this.#withRetries(() => this.#database.writer.submit('commit', progress, { timeoutMs }), 1);
  }

  /** Calls `resumeAt`, and again after each DomainError. Rejects on any other error, and on a DomainError after the consumer is stopped. */
  async #resume(resumeAt: ResumeAt, next: number): Promise<number> {
    const { signal } = this.#stopping;
    for (let failures = 1; ; failures += 1) {
      try {
        return await resumeAt(0, next);
      } catch (error) {
        if (signal.aborted || !isDomainError(error)) throw error;
        await backOff(failures, signal);
      }
    }
  }

  /**
   * Repeats the attempt until it succeeds. Throws if the consumer is stopped, but not before `minAttempts` attempts. Throws at once
   * if the database is closed or its thread has ended.
   */
  async #withRetries<Result>(attempt: () => Promise<Result>, minAttempts = 0): Promise<Result> {
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

/** Decodes entries of the log. Yields to other tasks in between, because decoding 8 MiB takes up to a second. */
async function decodeEntries(topic: string, entries: readonly LogEntry[]): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  const turn = eventLoopTurns.begin();
  for (const entry of entries) {
    if (turn.isOverAfter(entry[2]?.length ?? 0)) await turn.next();
    records.push(recordFromRow(topic, entry));
  }
  return records;
}
