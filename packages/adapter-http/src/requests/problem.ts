import { STATUS_CODES } from 'node:http';
import type { InputFault } from '@user-activity/application';
import type { DomainError, ErrorKind, Violation } from '@user-activity/domain';
import type { FastifyReply } from 'fastify';

/** An error that is sent as RFC 9457 problem details, with further members. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: readonly Violation[];
  /** The number of rejected items without an entry in `errors`. */
  readonly omittedErrors: number;
  /** The indexes of all rejected items. Sent only if there are omitted errors. */
  readonly rejected: readonly number[];
  readonly ids: readonly (string | null)[] | undefined;
  /** Headers of the response. Each value of a list becomes a header line of its own. */
  readonly headers: Readonly<Record<string, string | string[]>>;

  constructor(
    status: number,
    detail: string,
    more: Partial<Omit<Problem, keyof Error | 'status' | 'toJSON'>> & { readonly cause?: unknown } = {},
  ) {
    super(detail, 'cause' in more ? { cause: more.cause } : undefined);
    this.status = status;
    this.errors = more.errors ?? [];
    this.omittedErrors = more.omittedErrors ?? 0;
    this.rejected = more.rejected ?? [];
    this.ids = more.ids;
    this.headers = more.headers ?? {};
  }

  /** Returns the body of the response. Its type is `about:blank`, because the status code says enough. */
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

/** Makes a 422 for a body that breaks rules. */
export const rulesBroken = (
  detail: string,
  errors: readonly Violation[],
  more?: Pick<Problem, 'omittedErrors' | 'rejected'>,
): Problem => new Problem(422, detail, { errors, ...more });

type Answer = readonly [status: number, headers: Readonly<Record<string, string>>];

// Retry-After is in seconds. An overload ends sooner than an outage.
const domainAnswers: Readonly<Record<ErrorKind, Answer>> = {
  'invalid-activity': [422, {}],
  'invalid-query': [400, {}],
  unavailable: [503, { 'retry-after': '5' }],
  overloaded: [503, { 'retry-after': '1' }],
};

// No other request can follow on the connection, because a part of the body may be unread.
const inputAnswers: Readonly<Record<InputFault['code'], Answer>> = {
  INPUT_UNREADABLE: [400, { connection: 'close' }],
  INPUT_TOO_LARGE: [413, { connection: 'close' }],
};

export function problemOfDomain(error: DomainError): Problem {
  const [status, headers] = domainAnswers[error.kind];
  const ids = error.ids.length > 0 ? { ids: error.ids } : {};
  return new Problem(status, error.message, { errors: error.violations, ...ids, headers, cause: error });
}

export function problemOfInput(fault: InputFault): Problem {
  const [status, headers] = inputAnswers[fault.code];
  return new Problem(status, fault.message, { headers, cause: fault });
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem.toJSON());
}
