import type { InputFault } from '@user-activity/application';
import type { DomainError, ErrorKind, Violation } from '@user-activity/domain';
import type { FastifyReply } from 'fastify';
import { STATUS_CODES } from './node-http.ts';
import { withProjectRemedy } from './project-remedy.ts';

/** An error that is sent as problem details (RFC 9457), with the members `errors`, `omittedErrors`, `rejected` and `ids`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: readonly Violation[];
  /** The number of rejected items without an entry in `errors`. */
  readonly omittedErrors: number;
  /** The indexes of all rejected items. Sent only if there are omitted errors. */
  readonly rejected: readonly number[];
  readonly ids: readonly (string | null)[] | undefined;
  /** The headers of the response. Each value of a list is sent as a separate header. */
  readonly headers: Readonly<Record<string, string | string[]>>;

  constructor(
    status: number,
    detail: string,
    options: Partial<Omit<Problem, keyof Error | 'status' | 'toJSON'>> & { readonly cause?: unknown } = {},
  ) {
    super(detail, 'cause' in options ? { cause: options.cause } : undefined);
    this.status = status;
    this.errors = options.errors ?? [];
    this.omittedErrors = options.omittedErrors ?? 0;
    this.rejected = options.rejected ?? [];
    this.ids = options.ids;
    this.headers = options.headers ?? {};
  }

  /** Returns the body of the response. The problem type is always `about:blank`: the status code is enough. */
  toJSON(): Record<string, unknown> {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      errors: this.errors.map(withProjectRemedy),
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

type StatusAndHeaders = readonly [status: number, headers: Readonly<Record<string, string>>];

// Retry-After is in seconds. An overload usually ends sooner than an outage of the log or the store.
const answersByKind: Readonly<Record<ErrorKind, StatusAndHeaders>> = {
  'invalid-activity': [422, {}],
  'invalid-query': [400, {}],
  unavailable: [503, { 'retry-after': '5' }],
  overloaded: [503, { 'retry-after': '1' }],
  // The size of a project is measured at most once a minute.
  'limit-reached': [429, { 'retry-after': '60' }],
  gone: [410, {}],
};

// The connection must close, because a part of the body may be unread.
const answersByCode: Readonly<Record<InputFault['code'], StatusAndHeaders>> = {
  INPUT_UNREADABLE: [400, { connection: 'close' }],
  INPUT_TOO_LARGE: [413, { connection: 'close' }],
};

export function problemFromDomainError(error: DomainError): Problem {
  const [status, headers] = answersByKind[error.kind];
  const ids = error.ids.length > 0 ? { ids: error.ids } : {};
  return new Problem(status, error.message, { errors: error.violations, ...ids, headers, cause: error });
}

export function problemFromInputFault(fault: InputFault): Problem {
  const [status, headers] = answersByCode[fault.code];
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
