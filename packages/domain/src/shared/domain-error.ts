import type { Violation } from './violation.ts';

/**
 * What a caller can do about an error, whichever code it carries.
 *  - `invalid-activity`  the activity breaks a rule; it never becomes acceptable by sending it again.
 *  - `invalid-query`     the question breaks a rule.
 *  - `unreadable`        what the caller sends can not be read to its end.
 *  - `too-large`         what the caller sends is more than is taken at once.
 *  - `unavailable`       a dependency is down or too slow; sending the same again later is safe.
 *  - `overloaded`        a buffer is full, nothing was taken; sending the same again later is safe.
 */
export type ErrorKind =
  | 'invalid-activity'
  | 'invalid-query'
  | 'unreadable'
  | 'too-large'
  | 'unavailable'
  | 'overloaded';

/**
 * What went wrong, exactly. Stable: callers and dashboards may rely on it.
 *  - `QUERY_TOO_BROAD`    the answer would be longer than anyone may ask for; the message tells what to narrow;
 *  - `INPUT_UNREADABLE`   what the caller sends broke off, or is not encoded as it says;
 *  - `INPUT_TOO_LARGE`    what the caller sends has more bytes or items than are taken at once;
 *  - `LOG_UNAVAILABLE`    the log did not confirm in time, or is closed;
 *  - `LOG_BUSY`           the publisher's buffer is full;
 *  - `PROCESS_BUSY`       the process holds as many bytes of requests and answers as it may;
 *  - `STORE_UNAVAILABLE`  the store did not confirm or answer;
 *  - `STORE_TIMEOUT`      the store took longer over a question than it may.
 */
export type ErrorCode =
  | 'INVALID_ACTIVITY'
  | 'INVALID_QUERY'
  | 'QUERY_TOO_BROAD'
  | 'INPUT_UNREADABLE'
  | 'INPUT_TOO_LARGE'
  | 'LOG_UNAVAILABLE'
  | 'LOG_BUSY'
  | 'PROCESS_BUSY'
  | 'STORE_UNAVAILABLE'
  | 'STORE_TIMEOUT';

const kinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  INVALID_ACTIVITY: 'invalid-activity',
  INVALID_QUERY: 'invalid-query',
  QUERY_TOO_BROAD: 'invalid-query',
  INPUT_UNREADABLE: 'unreadable',
  INPUT_TOO_LARGE: 'too-large',
  LOG_UNAVAILABLE: 'unavailable',
  LOG_BUSY: 'overloaded',
  PROCESS_BUSY: 'overloaded',
  STORE_UNAVAILABLE: 'unavailable',
  STORE_TIMEOUT: 'unavailable',
};

/** What an error may carry beside its message. */
export interface ErrorDetails {
  /** Every rule that was broken, with the place. */
  readonly violations?: readonly Violation[];
  /** The ids of the activities that were not confirmed, null for one that was rejected: sending again under these is safe. */
  readonly ids?: readonly (string | null)[];
  readonly cause?: unknown;
}

/** The one error that crosses ports and use cases. Anything else that is thrown is a bug. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly violations: readonly Violation[];
  readonly ids: readonly (string | null)[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.kind = kinds[code];
    this.violations = details.violations ?? [];
    this.ids = details.ids ?? [];
  }
}

/**
 * Recognises a domain error by its shape, so that two copies of this package in one process agree.
 * With `code`, only an error of that code.
 */
export function isDomainError(error: unknown, code?: ErrorCode): error is DomainError {
  if (!(error instanceof Error) || error.name !== 'DomainError') return false;
  const found: unknown = Reflect.get(error, 'code');
  return typeof found === 'string' && Object.hasOwn(kinds, found) && (code === undefined || found === code);
}
