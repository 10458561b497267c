import type { Violation } from '../api/answers.ts';
import { parseJsonOrNull } from './parse-json-or-null.ts';

/**
 * The service, or a proxy in front of it, answered with an error status. `message` is the `detail` of the problem details (RFC 9457): what is
 * wrong and how to correct it, for people.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly title: string;
  /** The rules that the request breaks, one entry for each violation. */
  readonly errors: readonly Violation[];
  /** The ids of the activities, if the answer names them. */
  readonly ids: readonly (string | null)[];
  /** The indexes of all rejected items of a batch, if some of them have no entry in `errors`. */
  readonly rejected: readonly number[];
  /** The number of seconds to wait before the next attempt, from `Retry-After`. Undefined if the answer has no such header. */
  readonly retryAfter: number | undefined;
  /** Whether the answer has problem details. If not, it probably comes from a proxy. */
  readonly hasDetails: boolean;

  constructor(status: number, problem: Partial<Problem>, retryAfter?: number, hasDetails = false) {
    // In HTTP/2, the title is empty, because there is no status text.
    super(problem.detail || problem.title || `HTTP status ${status}.`);
    this.status = status;
    this.title = problem.title ?? '';
    this.errors = arrayOrEmpty<Partial<Violation> | null>(problem.errors).filter(
      (error): error is Violation => typeof error?.path === 'string' && typeof error.message === 'string',
    );
    this.ids = arrayOrEmpty(problem.ids);
    this.rejected = arrayOrEmpty(problem.rejected);
    this.retryAfter = retryAfter;
    this.hasDetails = hasDetails;
  }

  /** Makes the error from a response. Without problem details, as from a proxy, the title is the status text of the response. */
  static async of(response: Response): Promise<ProblemError> {
    const hasDetails = hasMediaType(response, 'application/problem+json');
    // The status is enough for an error, even if the body breaks off.
    const text = await response.text().catch(() => '');
    return new ProblemError(
      response.status,
      { title: response.statusText, ...(hasDetails && (parseJsonOrNull(text) as Partial<Problem> | null)) },
      parseRetryAfter(response.headers.get('retry-after') ?? ''),
      hasDetails,
    );
  }
}

/** There was no complete and readable answer: the connection failed, the time limit passed, or another server answered. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/**
 * Wraps the cause of a failed request in a ConnectionError. Returns a ProblemError or ConnectionError as it is. A SyntaxError means that
 * the answer is not in the expected format, so it came from a proxy or another service.
 */
export const requestErrorFrom = (cause: unknown): ConnectionError | ProblemError =>
  cause instanceof ProblemError || cause instanceof ConnectionError
    ? cause
    : new ConnectionError(
        cause instanceof SyntaxError
          ? `The URL is not a user-activity log: ${cause.message}`
          : 'No complete answer.',
        { cause },
      );

/** Returns true if the `Content-Type` of a response begins with the media type. */
export const hasMediaType = (response: Response, mediaType: string): boolean =>
  (response.headers.get('content-type') ?? '').startsWith(mediaType);

/** Returns true if the error may be temporary, so that the same request may succeed later. */
export const isTransient = (error: unknown): boolean =>
  error instanceof ConnectionError ||
  (error instanceof ProblemError && (error.status >= 500 || [408, 425, 429].includes(error.status)));

interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly Violation[];
  readonly ids: readonly (string | null)[];
  readonly rejected: readonly number[];
}

/** Returns the value if it is an array, and otherwise an empty array: the JSON of a proxy may have members of other types. */
const arrayOrEmpty = <Item>(value: readonly Item[] | undefined): readonly Item[] =>
  Array.isArray(value) ? (value as readonly Item[]) : [];

/** Converts a `Retry-After`, which has seconds or a date (RFC 9110, section 10.2.3), to seconds. Undefined if it has neither. */
function parseRetryAfter(text: string): number | undefined {
  const seconds = Number(text) || (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
