/** A job for a thread. */
export interface Job {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

/** Why a job failed: SQLite's result code and fixed text, or the name of a bug's error. Has no content of the file. */
export interface Fault {
  readonly code: number | undefined;
  readonly text: string;
  /** The job was abandoned at its deadline. */
  readonly isLate?: true;
}

/** The result of a job, or why it has none. */
export type Outcome =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly fault: Fault };

/** The first message of the writer: undefined if the file can be used, else why not, for the operator. */
export interface Greeting {
  readonly unusable: string | undefined;
}

/** The settings that a thread is started with. */
export interface ThreadSetup {
  readonly file: string;
  /** The time that SQLite waits for the lock of another connection. */
  readonly busyTimeoutMs: number;
  /** The number of records that stay on the log although every group has handled them. */
  readonly retainedRecords: number;
}

/** The functions of a thread by the names of their jobs. */
export type Runners = Readonly<Record<string, (input: never) => unknown>>;

/** Describes an error without its message: SQLite's message may quote names, and that of a bug anything. */
export function faultOf(error: unknown): Fault {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'errcode') : undefined;
  const text: unknown = error instanceof Error ? Reflect.get(error, 'errstr') : undefined;
  if (typeof code === 'number' && typeof text === 'string') return { code, text };
  return { code: undefined, text: error instanceof Error ? error.name : 'unknown' };
}

/** Runs a job. */
export function runJob(runners: Runners, { name, input }: Job): unknown {
  const runner = runners[name];
  if (runner === undefined) throw new Error(`There is no job ${name}.`);
  return runner(input as never);
}
