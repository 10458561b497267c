import { STATUS_CODES } from 'node:http';
import type { DomainError, ErrorKind, Violation } from '@user-activity/domain';
import type { FastifyReply } from 'fastify';

/** An answer that says no, as RFC 9457 problem details with the members `errors` and, if there are any, `omittedErrors`, `rejected` and `ids`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: readonly Violation[];
  /** How many rejected items `errors` says nothing about. */
  readonly omittedErrors: number;
  /** The indexes of all rejected items, if `errors` does not name them all. */
  readonly rejected: readonly number[];
  readonly ids: readonly (string | null)[] | undefined;
  /** A header with several values has a line for each. */
  readonly headers: Readonly<Record<string, string | string[]>>;

  constructor(
    status: number,
    detail: string,
    more: {
      readonly errors?: readonly Violation[];
      readonly omittedErrors?: number;
      readonly rejected?: readonly number[];
      readonly ids?: readonly (string | null)[];
      readonly headers?: Problem['headers'];
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, 'cause' in more ? { cause: more.cause } : undefined);
    this.status = status;
    this.errors = more.errors ?? [];
    this.omittedErrors = more.omittedErrors ?? 0;
    this.rejected = more.rejected ?? [];
    this.ids = more.ids;
    this.headers = more.headers ?? {};
  }

  /** The body of the answer. The type is `about:blank`: the status says all that a program has to know. */
  toJSON(): Record<string, unknown> {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      errors: this.errors,
      ...(this.omittedErrors === 0 ? {} : { omittedErrors: this.omittedErrors, rejected: this.rejected }),
      ...(this.ids === undefined ? {} : { ids: this.ids }),
    };
  }
}

const statuses: Readonly<Record<ErrorKind, number>> = {
  'invalid-activity': 422,
  'invalid-query': 400,
  unreadable: 400,
  'too-large': 413,
  unavailable: 503,
  overloaded: 503,
};

const headers: Readonly<Record<ErrorKind, Readonly<Record<string, string>>>> = {
  'invalid-activity': {},
  'invalid-query': {},
  // Nobody reads the rest of the body, so no other request can follow on the connection.
  unreadable: { connection: 'close' },
  'too-large': { connection: 'close' },
  // Seconds. A buffer is free again sooner than a broker.
  unavailable: { 'retry-after': '5' },
  overloaded: { 'retry-after': '1' },
};

/** The domain's error in the words of HTTP. */
export function problemOf(error: DomainError): Problem {
  return new Problem(statuses[error.kind], error.message, {
    errors: error.violations,
    ...(error.ids.length > 0 ? { ids: error.ids } : {}),
    headers: headers[error.kind],
    cause: error,
  });
}

/** Answers with the problem. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem.toJSON());
}
