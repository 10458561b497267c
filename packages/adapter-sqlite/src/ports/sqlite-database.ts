import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { DataFileError } from '../protocol/data-file-error.ts';
import { FileLock } from './file-lock.ts';
import { LogWatch } from './log-watch.ts';
import { makePrivateFile, restrictToOwner } from './private-file.ts';
import { RecentEvents } from './recent-events.ts';
import { type Reply, startThread, ThreadClient } from './thread-client.ts';
import type { Greeting, ThreadSetup } from '../protocol/messages.ts';
import type { ReadJobs } from '../reader/read-jobs.ts';
import type { SearchJobs } from '../reader/search-jobs.ts';
import type { WriteJobs } from '../writer/write-jobs.ts';

export interface SqliteDatabaseOptions {
  /** The folder of the files `user-activity.db` and `erasures.db`. It is created if it is missing. */
  readonly folder: string;
  /** The maximum time to wait for the lock of another connection, such as a backup. Default: 1,000. */
  readonly busyTimeoutMs?: number;
  /** The number of latest records that the log keeps for new groups, even if all groups have handled them. Default: 10,000. */
  readonly retainedRecords?: number;
}

/**
 * The open database file, which holds the log, the activities and the dead letters. Only one process can open it at a time. All members
 * except `open` and `close` are for the adapters of this package, which share the database.
 */
export class SqliteDatabase {
  /** The name of the data file in its folder. */
  static readonly fileName = 'user-activity.db';
  readonly file: string;
  /** The thread that writes. */
  readonly writer: ThreadClient<WriteJobs>;
  /** The thread for short queries. */
  readonly queries: ThreadClient<ReadJobs>;
  /** The thread for queries that may take long. */
  readonly searches: ThreadClient<SearchJobs>;
  /** The thread that reads for the consumers, so that no query of a client delays them. */
  readonly log: ThreadClient<ReadJobs>;
  readonly watch = new LogWatch();
  /** A cache of the latest events of the log. It is empty until a consumer has started. */
  readonly recentEvents = new RecentEvents();
  /** The running consumers. `close` stops them first. */
  readonly consumers = new Set<{ stop(): Promise<void> }>();
  /** Each listener is called after each transaction of the writer. */
  readonly commitListeners = new Set<(reply: Reply) => void>();
  /** Each listener is called after a settled offset has risen. */
  readonly settledListeners = new Set<() => void>();
  /** The time at which each claim ends, in milliseconds since 1970, by the kind of work, such as `replay`. */
  readonly claims = new Map<string, number>();
  readonly #lock: FileLock;
  #closed: Promise<void> | undefined;

  private constructor(setup: ThreadSetup, lock: FileLock, writer: Worker) {
    this.file = setup.file;
    this.#lock = lock;
    this.writer = new ThreadClient(writer, { messages: 2, weight: 5000 }, (reply) => {
      this.watch.announce();
      for (const listener of this.commitListeners) listener(reply);
    });
    // The thread runs about 1,000 queries per second, so a query waits for about 1 s at most.
    const startReader = (): Worker => startThread('reader/reader-thread', setup);
    this.queries = new ThreadClient(startReader, { messages: 2, weight: 1, waiting: 1000 });
    this.log = new ThreadClient(startReader, { messages: 2, weight: 1 });
    // All queries are sent to the thread at once, because the thread can run a short query before long ones that were sent earlier.
    const startSearches = (): Worker => startThread('reader/search-thread', setup);
    this.searches = new ThreadClient(startSearches, { messages: 1000, weight: 1, waiting: 1000 });
  }

  /** Throws DataFileError if the file is in use, damaged or not accessible, or if another application or a newer version wrote it. */
  static async open({
    folder,
    busyTimeoutMs = 1000,
    retainedRecords = 10_000,
  }: SqliteDatabaseOptions): Promise<SqliteDatabase> {
    const lock = FileLock.take(folder);
    const file = join(folder, SqliteDatabase.fileName);
    let writer: Worker | undefined;
    try {
      makePrivateFile(file);
      const erasuresFile = join(folder, 'erasures.db');
      makePrivateFile(erasuresFile);
      for (const suffix of ['-wal', '-shm', '-journal']) restrictToOwner(`${file}${suffix}`);
      const setup: ThreadSetup = { file, erasuresFile, busyTimeoutMs, retainedRecords };
      writer = startThread('writer/writer-thread', setup);
      await waitUntilOpened(writer);
      return new SqliteDatabase(setup, lock, writer);
    } catch (error) {
      await writer?.terminate();
      lock.release();
      throw error;
    }
  }

  /** Stops the consumers, rejects unfinished long queries, completes all other submitted jobs, and releases the file. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    await Promise.all([this.queries.close(), this.log.close(), this.searches.abandon()]);
    // The writer closes last: SQLite makes a checkpoint when the last connection closes, and only the writer may change the file.
    await this.writer.close();
    this.#lock.release();
  }
}

/** Waits until the writer has opened the file. Throws DataFileError if the file can't be used. */
async function waitUntilOpened(writer: Worker): Promise<void> {
  const greeted = Promise.withResolvers<Greeting>();
  writer.once('message', (greeting: Greeting) => greeted.resolve(greeting));
  writer.once('error', greeted.reject);
  const { unusable } = await greeted.promise;
  if (unusable !== undefined) throw new DataFileError(unusable);
  writer.off('error', greeted.reject);
}
