/** Work for a thread. */
export interface Job {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

/** Why a job failed: SQLite's result code and its fixed text, or the name of a bug's error. Holds no content. */
export interface Fault {
  readonly code: number | undefined;
  readonly text: string;
  /** It was given up, as it took longer than it may. */
  readonly late?: true;
}

/** What became of a job. */
export type Outcome =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly fault: Fault };

/** What the writer tells first: whether the file can be used, or what the operator must know. */
export interface Greeting {
  readonly unusable: string | undefined;
}

/** What a thread is given when it starts. */
export interface ThreadSetup {
  readonly file: string;
  /** How long SQLite waits for a lock that another connection holds. */
  readonly busyTimeoutMs: number;
  /** So many records stay on the log although every group is through with them. */
  readonly retainedRecords: number;
}

/** Jobs by name, as a thread runs them. */
export type Runners = Readonly<Record<string, (input: never) => unknown>>;

/** What was thrown, without a word of content: SQLite's own message may quote names, a bug's message anything. */
export function faultOf(error: unknown): Fault {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'errcode') : undefined;
  const text: unknown = error instanceof Error ? Reflect.get(error, 'errstr') : undefined;
  if (typeof code === 'number' && typeof text === 'string') return { code, text };
  return { code: undefined, text: error instanceof Error ? error.name : 'unknown' };
}

/** Runs one job by its name. */
export function runJob(runners: Runners, { name, input }: Job): unknown {
  const runner = runners[name];
  if (runner === undefined) throw new Error(`There is no job ${name}.`);
  return runner(input as never);
}
