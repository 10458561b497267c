import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { DataFileError } from '../protocol/data-file-error.ts';
import { FileLock } from './file-lock.ts';
import { LogWatch } from './log-watch.ts';
import { makePrivateFile, tighten } from './private-file.ts';
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
  /** The number of records that stay on the log for new groups although all groups have handled them. Default: 10,000. */
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
  /** The latest events of the log, if consumers were started. */
  readonly recent = new RecentEvents();
  /** The started consumers. `close` stops them first. */
  readonly consumers = new Set<{ stop(): Promise<void> }>();
  /** Each listener is called after each transaction. */
  readonly commitListeners = new Set<(reply: Reply) => void>();
  /** Each listener is called after a settled offset was raised. */
  readonly settledListeners = new Set<() => void>();
  /** The end of each claim, by the kind of work, such as `replay`. */
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
    // The thread runs about 1,000 queries per second, so a waiting query waits about 1 s at most.
    const startReader = (): Worker => startThread('reader/reader-thread', setup);
    this.queries = new ThreadClient(startReader, { messages: 2, weight: 1, waiting: 1000 });
    this.log = new ThreadClient(startReader, { messages: 2, weight: 1 });
    // The thread must have all queries, because it runs a short query before the long queries sent earlier.
    const startSearches = (): Worker => startThread('reader/search-thread', setup);
    this.searches = new ThreadClient(startSearches, { messages: 1000, weight: 1, waiting: 1000 });
  }

  /** Throws DataFileError if the file is in use, damaged, not accessible, or of another application or a newer version. */
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
      for (const suffix of ['-wal', '-shm', '-journal']) tighten(`${file}${suffix}`);
      const setup: ThreadSetup = { file, erasuresFile, busyTimeoutMs, retainedRecords };
      writer = startThread('writer/writer-thread', setup);
      await fileOpenedBy(writer);
      return new SqliteDatabase(setup, lock, writer);
    } catch (error) {
      await writer?.terminate();
      lock.release();
      throw error;
    }
  }

  /** Stops the consumers, waits for the submitted jobs except long queries, and releases the file. Further calls have no effect. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    await Promise.all([this.queries.close(), this.log.close(), this.searches.abandon()]);
    // The writer is last, because SQLite makes a checkpoint when the last connection closes.
    await this.writer.close();
    this.#lock.release();
  }
}

/** Waits until the writer has opened the file. Throws DataFileError if the file can't be used. */
async function fileOpenedBy(writer: Worker): Promise<void> {
  const greeted = Promise.withResolvers<Greeting>();
  writer.once('message', (greeting: Greeting) => greeted.resolve(greeting));
  writer.once('error', greeted.reject);
  const { unusable } = await greeted.promise;
  if (unusable !== undefined) throw new DataFileError(unusable);
  writer.off('error', greeted.reject);
}
