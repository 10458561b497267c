import { DomainError } from '@user-activity/domain';
import type { Fault } from '../protocol/messages.ts';

/**
 * Why a job has no result:
 *  - `failed`  SQLite refused it, or too many others wait;
 *  - `late`    it exceeded its time limit;
 *  - `ended`   the database is closed, or its thread died.
 */
type FailureKind = 'failed' | 'late' | 'ended';

/** A job without a result. Never crosses a port. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Returns whether every further attempt must fail too. */
export const isEnded = (error: unknown): boolean => error instanceof JobFailure && error.kind === 'ended';

/** Describes a fault in SQLite's own fixed words, which quote no content. */
export const failed = ({ code, text, isLate }: Fault): JobFailure =>
  new JobFailure(isLate === true ? 'late' : 'failed', code === undefined ? text : `SQLite ${code}: ${text}`);

/** Returns the error of the log's ports for a failure. */
export const logUnavailable = (failure: unknown): DomainError =>
  new DomainError('LOG_UNAVAILABLE', `The log did not confirm (${reasonOf(failure)}).`, { cause: failure });

/** Does work, and replaces its failure by the error of a port. */
type Translated = <Result>(work: () => Result | Promise<Result>) => Promise<Result>;

const translated =
  (translate: (failure: unknown) => DomainError): Translated =>
  async (work) => {
    try {
      return await work();
    } catch (error) {
      throw translate(error);
    }
  };

/** Uses the log. A failure is LOG_UNAVAILABLE. */
export const useLog: Translated = translated(logUnavailable);

/** Changes the store, or checks that it works. A failure is STORE_UNAVAILABLE. */
export const changeStore: Translated = translated(
  (failure) =>
    new DomainError('STORE_UNAVAILABLE', `The store did not confirm (${reasonOf(failure)}).`, {
      cause: failure,
    }),
);

/** Asks the store. A failure is STORE_TIMEOUT if it is late, else STORE_UNAVAILABLE. */
export const askStore: Translated = translated((failure) => {
  const isLate = failure instanceof JobFailure && failure.kind === 'late';
  const code = isLate ? 'STORE_TIMEOUT' : 'STORE_UNAVAILABLE';
  return new DomainError(code, `The store did not answer (${reasonOf(failure)}).`, { cause: failure });
});

function reasonOf(failure: unknown): string {
  // Any other error is a bug, which must not look like an outage.
  if (!(failure instanceof JobFailure)) throw failure;
  return failure.message;
}
