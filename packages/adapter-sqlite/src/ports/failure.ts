import { DomainError } from '@user-activity/domain';
import type { Fault } from '../protocol/messages.ts';

/**
 * Why a job has no result:
 *  - `failed`  SQLite said no;
 *  - `late`    it took longer than it may;
 *  - `ended`   the database is closed, or its thread died.
 */
type FailureKind = 'failed' | 'late' | 'ended';

/** A job that did not come to its end. Never crosses a port. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Whether no attempt can succeed any more. */
export const isEnded = (error: unknown): boolean => error instanceof JobFailure && error.kind === 'ended';

/** What SQLite said, in its own fixed words: these hold nothing of what was to be written. */
export const failed = ({ code, text, late }: Fault): JobFailure =>
  new JobFailure(late === true ? 'late' : 'failed', code === undefined ? text : `SQLite ${code}: ${text}`);

/** The failure in the words of the log's ports. */
export function logUnavailable(error: unknown): DomainError {
  return new DomainError('LOG_UNAVAILABLE', `The log did not confirm (${why(error)}).`, { cause: error });
}

/** The failure in the words of the store's ports, when something was to be kept. */
export function storeUnavailable(error: unknown): DomainError {
  return new DomainError('STORE_UNAVAILABLE', `The store did not confirm (${why(error)}).`, { cause: error });
}

/** The failure in the words of the store's ports, when something was asked. */
export function storeSilent(error: unknown): DomainError {
  const code = error instanceof JobFailure && error.kind === 'late' ? 'STORE_TIMEOUT' : 'STORE_UNAVAILABLE';
  return new DomainError(code, `The store did not answer (${why(error)}).`, { cause: error });
}

function why(error: unknown): string {
  // Anything else is a bug of ours, and not to be taken for an outage.
  if (!(error instanceof JobFailure)) throw error;
  return error.message;
}
