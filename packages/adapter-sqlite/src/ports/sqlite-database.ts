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

/** How the embedded database is to be opened. */
export interface SqliteDatabaseOptions {
  /** Where the file `user-activity.db` lies; made when it is missing. */
  readonly folder: string;
  /** How long to wait for another connection's lock, such as that of a backup. 1000 where not given. */
  readonly busyTimeoutMs?: number;
  /** So many records stay on the log for groups to come, although all that are known are through. 10,000 where not given. */
  readonly retainedRecords?: number;
}

/**
 * The one file of the embedded default, open. It holds the log, the activities and the dead letters; the adapters of this
 * package share it. Only one process can have it open.
 */
export class SqliteDatabase {
  readonly file: string;
  /** For the adapters of this package: the thread that writes. */
  readonly writer: ThreadClient<WriteJobs>;
  /** For the adapters of this package: the thread that answers questions. */
  readonly queries: ThreadClient<ReadJobs>;
  /** For the adapters of this package: the thread for questions that may take long, so that they hold up no other. */
  readonly searches: ThreadClient<SearchJobs>;
  /** For the adapters of this package: the thread that reads the log, so that no question holds up a consumer. */
  readonly log: ThreadClient<ReadJobs>;
  /** For the adapters of this package: who waits for what on the log. */
  readonly watch: LogWatch;
  /** For the adapters of this package: what must stop before the file is closed. */
  readonly consumers: Set<{ stop(): Promise<void> }> = new Set();
  /** For the adapters of this package: who is told of each transaction that the writer is through with. */
  readonly commits: Set<(done: Done) => void> = new Set();
  /** For the adapters of this package: when the claim to replay ends. No other process has the file open, so memory will do. */
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
      for (const told of this.commits) told(done);
    });
    // What a page takes is taken twice while its answer is not sent: those that wait are as many as a second answers.
    this.queries = new ThreadClient(readers[0], { messages: 2, weight: 1, waiting: 1000 });
    this.log = new ThreadClient(readers[1], { messages: 2, weight: 1 });
    // So many take turns. With more, all of them might be late where some could have been answered.
    this.searches = new ThreadClient(readers[2], { messages: 8, weight: 1, waiting: 1000 });
  }

  /** Throws DataFileError when the file can't be used: in use, damaged, another application's, of a newer version, out of reach. */
  static async open({
    folder,
    busyTimeoutMs = 1000,
    retainedRecords = 10_000,
  }: SqliteDatabaseOptions): Promise<SqliteDatabase> {
    const lock = FileLock.take(folder);
    const file = join(folder, 'user-activity.db');
    try {
      makePrivateFile(file);
      for (const beside of ['-wal', '-shm', '-journal']) tighten(`${file}${beside}`);
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

  /** Stops the consumers, settles what is under way, and gives the file free. May be called again, to no further effect. */
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
