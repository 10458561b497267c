import { STATUS_CODES } from 'node:http';
import type { InputFault } from '@user-activity/application';
import type { DomainError, ErrorKind, Violation } from '@user-activity/domain';
import type { FastifyReply } from 'fastify';

/** A refusal as RFC 9457 problem details, with the members `errors` and, if there are any, `omittedErrors`, `rejected` and `ids`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: readonly Violation[];
  /** The number of rejected items that `errors` does not explain. */
  readonly omittedErrors: number;
  /** The indexes of all rejected items. The answer has them if there are omitted errors. */
  readonly rejected: readonly number[];
  readonly ids: readonly (string | null)[] | undefined;
  /** Headers of the answer. Each value of a list becomes a line of its own. */
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

  /** The body of the answer. The type is `about:blank`: the status tells a program all that it needs. */
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

/** 422: the body breaks these rules. */
export const rulesBroken = (
  detail: string,
  errors: readonly Violation[],
  more?: Pick<Problem, 'omittedErrors' | 'rejected'>,
): Problem => new Problem(422, detail, { errors, ...more });

type Answer = readonly [status: number, headers: Readonly<Record<string, string>>];

// Retry-After is in seconds: a buffer is free again sooner than a broker.
const domainAnswers: Readonly<Record<ErrorKind, Answer>> = {
  'invalid-activity': [422, {}],
  'invalid-query': [400, {}],
  unavailable: [503, { 'retry-after': '5' }],
  overloaded: [503, { 'retry-after': '1' }],
};

// The rest of the body may be unread, and then no other request can follow on the connection.
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
