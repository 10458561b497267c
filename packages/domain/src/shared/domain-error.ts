import type { Violation } from './violation.ts';

/**
 * The kind of an error tells what a caller can do about it. Several codes can have the same kind.
 *  - `invalid-activity`  the activity breaks a rule; sending it again does not help.
 *  - `invalid-query`     the query breaks a rule.
 *  - `unavailable`       a dependency is down or too slow; sending the same again later is safe.
 *  - `overloaded`        a buffer is full and nothing was accepted; sending the same again later is safe.
 *  - `limit-reached`     the caller has reached a limit and nothing was accepted; sending the same again later is safe.
 *  - `gone`              what the query refers to does not exist any more.
 */
export type ErrorKind =
  | 'invalid-activity'
  | 'invalid-query'
  | 'unavailable'
  | 'overloaded'
  | 'limit-reached'
  | 'gone';

/**
 * The exact error. Codes are stable: callers and dashboards may rely on them.
 *  - `QUERY_TOO_BROAD`    the result would exceed a limit; the message tells how to narrow the query;
 *  - `FEED_REPLACED`      the position in the feed belongs to an old log, which was replaced by a new one;
 *  - `LOG_UNAVAILABLE`    the log did not confirm in time, or is closed;
 *  - `LOG_BUSY`           the publisher's buffer is full;
 *  - `PROCESS_BUSY`       requests and responses already take as many bytes of memory as the process allows;
 *  - `STORAGE_FULL`       the activities of the project would exceed its limit of stored bytes;
 *  - `STORE_UNAVAILABLE`  the store did not answer, or did not confirm a write;
 *  - `STORE_TIMEOUT`      a query exceeded the time limit of the store.
 */
export type ErrorCode =
  | 'INVALID_ACTIVITY'
  | 'INVALID_QUERY'
  | 'QUERY_TOO_BROAD'
  | 'FEED_REPLACED'
  | 'LOG_UNAVAILABLE'
  | 'LOG_BUSY'
  | 'PROCESS_BUSY'
  | 'STORAGE_FULL'
  | 'STORE_UNAVAILABLE'
  | 'STORE_TIMEOUT';

const kinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  INVALID_ACTIVITY: 'invalid-activity',
  INVALID_QUERY: 'invalid-query',
  QUERY_TOO_BROAD: 'invalid-query',
  FEED_REPLACED: 'gone',
  LOG_UNAVAILABLE: 'unavailable',
  LOG_BUSY: 'overloaded',
  PROCESS_BUSY: 'overloaded',
  STORAGE_FULL: 'limit-reached',
  STORE_UNAVAILABLE: 'unavailable',
  STORE_TIMEOUT: 'unavailable',
};

/** The optional parts of a `DomainError`. */
export interface ErrorDetails {
  /** The broken rules, each with the path of the value. */
  readonly violations?: readonly Violation[];
  /** The ids of the activities that the log did not confirm, with null for each rejected one. Sending them again with these ids is safe. */
  readonly ids?: readonly (string | null)[];
  readonly cause?: unknown;
}

/** The only error that crosses ports and use cases. Any other error is a bug. */
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
 * Returns whether an error is a DomainError and, if a code is passed, has that code. Checks the shape and not the class, so that two copies
 * of this package in one process recognise each other's errors.
 */
export function isDomainError(error: unknown, code?: ErrorCode): error is DomainError {
  if (!(error instanceof Error) || error.name !== 'DomainError') return false;
  const found: unknown = Reflect.get(error, 'code');
  return typeof found === 'string' && Object.hasOwn(kinds, found) && (code === undefined || found === code);
}
