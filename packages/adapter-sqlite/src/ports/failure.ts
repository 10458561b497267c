import { DomainError } from '@user-activity/domain';
import type { Fault } from '../protocol/messages.ts';

/**
 * The reason why a job has no result:
 *  - `failed`  SQLite returned an error, or too many jobs wait;
 *  - `late`    the job exceeded its time limit;
 *  - `ended`   the database is closed, or its thread has ended.
 */
type FailureKind = 'failed' | 'late' | 'ended';

/** The error of a job without a result. The ports translate it to a DomainError. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const isOfKind = (error: unknown, kind: FailureKind): boolean =>
  error instanceof JobFailure && error.kind === kind;

/** Returns true if the error means that the database is closed or its thread has ended. Retries are useless then. */
export const isEnded = (error: unknown): boolean => isOfKind(error, 'ended');

export const failureFromFault = ({ code, text, isLate }: Fault): JobFailure =>
  new JobFailure(isLate === true ? 'late' : 'failed', code === undefined ? text : `SQLite ${code}: ${text}`);

export const logUnavailable = (failure: unknown): DomainError =>
  new DomainError('LOG_UNAVAILABLE', `The log did not complete the operation (${reasonOf(failure)}).`, {
    cause: failure,
  });

const storeUnavailable = (failure: unknown): DomainError =>
  new DomainError('STORE_UNAVAILABLE', `The store did not complete the operation (${reasonOf(failure)}).`, {
    cause: failure,
  });

function queryFailed(failure: unknown): DomainError {
  const code = isOfKind(failure, 'late') ? 'STORE_TIMEOUT' : 'STORE_UNAVAILABLE';
  return new DomainError(code, `The store did not answer the query (${reasonOf(failure)}).`, {
    cause: failure,
  });
}

function reasonOf(failure: unknown): string {
  // Any other error is a bug, which must not look like an outage.
  if (!(failure instanceof JobFailure)) throw failure;
  return failure.message;
}

/** Returns a function that runs work on the database, and translates the error if the work fails. */
const translating =
  (translate: (failure: unknown) => DomainError) =>
  async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw translate(error);
    }
  };

/** Runs work that uses the log. Rejects with LOG_UNAVAILABLE if it fails. */
export const useLog = translating(logUnavailable);

/** Runs work that changes the store, or checks that the store works. Rejects with STORE_UNAVAILABLE if it fails. */
export const changeStore = translating(storeUnavailable);

/** Runs a query of the store. If it fails, rejects with STORE_TIMEOUT after its time limit, and with STORE_UNAVAILABLE otherwise. */
export const queryStore = translating(queryFailed);
