import { parentPort } from 'node:worker_threads';

/** A function to call on a thread, and its argument. */
export interface Job {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

/** The reason why a job failed: SQLite's result code and its fixed text, or the name of another error. Quotes no stored data. */
export interface Fault {
  readonly code: number | undefined;
  readonly text: string;
  /** Set if the job exceeded its deadline. */
  readonly isLate?: true;
}

/** The response to a job. */
export type Outcome =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly fault: Fault };

/** The first message of the writing thread. It says whether the data file can be used. */
export interface Greeting {
  /** The message of the DataFileError if the file can't be used. */
  readonly unusable: string | undefined;
}

/** The settings of a thread. */
export interface ThreadSetup {
  readonly file: string;
  /** The journal of all erasures of users, which is a file of its own. */
  readonly erasuresFile: string;
  /** The maximum time that SQLite waits for the lock of another connection. */
  readonly busyTimeoutMs: number;
  /** The number of latest records that the log keeps even if every group has handled them. */
  readonly retainedRecords: number;
}

/** The functions of a thread, by the names of their jobs. */
export type Runners = Readonly<Record<string, (input: never) => unknown>>;

/** Describes an error without its message, because the message may quote stored data. */
export function faultFromError(error: unknown): Fault {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'errcode') : undefined;
  const text: unknown = error instanceof Error ? Reflect.get(error, 'errstr') : undefined;
  if (typeof code === 'number' && typeof text === 'string') return { code, text };
  return { code: undefined, text: error instanceof Error ? error.name : 'unknown' };
}

export function runJob(runners: Runners, { name, input }: Job): unknown {
  const runner = runners[name];
  if (runner === undefined) throw new Error(`There is no job ${name}.`);
  return runner(input as never);
}

/** Passes the jobs of each message to `run`. After the last message, which is null, it calls `close` and the thread ends. */
export function receiveJobs(run: (jobs: readonly Job[]) => void, close: () => void): void {
  parentPort?.on('message', (jobs: readonly Job[] | null) => {
    if (jobs !== null) {
      run(jobs);
      return;
    }
    parentPort?.close();
    close();
  });
}
