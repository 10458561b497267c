import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { DataFileError } from '../protocol/data-file-error.ts';
import { FileLock } from './file-lock.ts';
import { LogWatch } from './log-watch.ts';
import { makePrivateFile, tighten } from './private-file.ts';
import { type Done, startThread, ThreadClient } from './thread-client.ts';
import type { Greeting, ThreadSetup } from '../protocol/messages.ts';
import type { ReadJobs } from '../reader/read-jobs.ts';
import type { SearchJobs } from '../reader/search-jobs.ts';
import type { WriteJobs } from '../writer/write-jobs.ts';

/** The options of the embedded database. */
export interface SqliteDatabaseOptions {
  /** The folder of the file `user-activity.db`. `open` creates the folder if it is missing. */
  readonly folder: string;
  /** The time to wait for another connection's lock, such as that of a backup. Default: 1,000. */
  readonly busyTimeoutMs?: number;
  /** The number of records that stay on the log for new groups, although all groups have handled them. Default: 10,000. */
  readonly retainedRecords?: number;
}

/**
 * The open database file of the embedded mode. It holds the log, the activities and the dead letters. All adapters of this package
 * share it. Only one process can open it at a time. Only the adapters use members other than `open` and `close`.
 */
export class SqliteDatabase {
  readonly file: string;
  /** The thread that writes. */
  readonly writer: ThreadClient<WriteJobs>;
  /** The thread for short queries. */
  readonly queries: ThreadClient<ReadJobs>;
  /** The thread for queries that may take long. They do not delay the queries of the other threads. */
  readonly searches: ThreadClient<SearchJobs>;
  /** The thread that reads the log. Queries do not delay it. */
  readonly log: ThreadClient<ReadJobs>;
  /** Wakes the consumers of this process. */
  readonly watch: LogWatch;
  /** The consumers that `close` stops first. */
  readonly consumers: Set<{ stop(): Promise<void> }> = new Set();
  /** Called after each transaction of the writer. */
  readonly commitListeners: Set<(done: Done) => void> = new Set();
  /** The end of the claim to replay. No other process can open the file, so the claim is kept in memory. */
  replayClaimedUntil: number | undefined;
  readonly #lock: FileLock;
  #closed: Promise<void> | undefined;

  private constructor(
    file: string,
    lock: FileLock,
    writer: Worker,
    readers: readonly [Worker, Worker, Worker],
  ) {
    this.file = file;
    this.#lock = lock;
    this.watch = new LogWatch();
    this.writer = new ThreadClient(writer, { messages: 2, weight: 5000 }, (done) => {
      this.watch.announce();
      for (const listener of this.commitListeners) listener(done);
    });
    // The limit is about the number of queries that are answered in a second.
    this.queries = new ThreadClient(readers[0], { messages: 2, weight: 1, waiting: 1000 });
    this.log = new ThreadClient(readers[1], { messages: 2, weight: 1 });
    // The thread chooses the order of its questions, so it gets all of them: a short one may follow many long ones.
    this.searches = new ThreadClient(readers[2], { messages: 1000, weight: 1, waiting: 1000 });
  }

  /** Throws DataFileError if the file is in use, damaged, of another application or a newer version, or not accessible. */
  static async open({
    folder,
    busyTimeoutMs = 1000,
    retainedRecords = 10_000,
  }: SqliteDatabaseOptions): Promise<SqliteDatabase> {
    const lock = FileLock.take(folder);
    const file = join(folder, 'user-activity.db');
    try {
      makePrivateFile(file);
      for (const suffix of ['-wal', '-shm', '-journal']) tighten(`${file}${suffix}`);
    } catch (error) {
      lock.release();
      throw error;
    }
    const setup: ThreadSetup = { file, busyTimeoutMs, retainedRecords };
    const [writer, ...readers] = [
      startThread('writer/writer-thread', setup),
      startThread('reader/reader-thread', setup),
      startThread('reader/reader-thread', setup),
      startThread('reader/search-thread', setup),
    ] as const;
    try {
      await greetingOf(writer);
      return new SqliteDatabase(file, lock, writer, readers);
    } catch (error) {
      await Promise.all([writer, ...readers].map((thread) => thread.terminate()));
      lock.release();
      throw error;
    }
  }

  /** Stops the consumers, waits for the jobs in progress, and releases the file. Further calls have no effect. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    await Promise.all([this.queries.close(), this.log.close(), this.searches.abandon()]);
    // Last, as the last connection of a file checkpoints it when it closes.
    await this.writer.close();
    this.#lock.release();
  }
}

async function greetingOf(writer: Worker): Promise<void> {
  const greeted = Promise.withResolvers<Greeting>();
  writer.once('message', (greeting: Greeting) => greeted.resolve(greeting));
  writer.once('error', greeted.reject);
  const { unusable } = await greeted.promise;
  if (unusable !== undefined) throw new DataFileError(unusable);
  writer.off('error', greeted.reject);
}
