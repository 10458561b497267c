import type { Violation } from '../api/answers.ts';
import { parsedOrNull } from './parsed-or-null.ts';

/** The service refused a request, by problem details (RFC 9457). The message is the `detail`: the fault and the remedy, for people. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly title: string;
  /** Every rule that the request breaks. */
  readonly errors: readonly Violation[];
  /** The ids of the activities, if the answer names them. */
  readonly ids: readonly (string | null)[];
  /** The indexes of all rejected items of a batch, if some of them have no entry in `errors`. */
  readonly rejected: readonly number[];
  /** The number of seconds to wait before the next attempt, if the answer says so. */
  readonly retryAfter: number | undefined;
  /** Whether the answer has problem details. One of a proxy has none. */
  readonly hasDetails: boolean;

  constructor(status: number, problem: Partial<Problem>, retryAfter?: number, hasDetails = false) {
    // The status text of HTTP/2 is empty.
    super(problem.detail || problem.title || `The answer has the status ${status}.`);
    this.status = status;
    this.title = problem.title ?? '';
    this.errors = listOf<Partial<Violation> | null>(problem.errors).filter(
      (error): error is Violation => typeof error?.path === 'string' && typeof error.message === 'string',
    );
    this.ids = listOf(problem.ids);
    this.rejected = listOf(problem.rejected);
    this.retryAfter = retryAfter;
    this.hasDetails = hasDetails;
  }

  /** Reads the answer. It may come from a proxy, and then has no problem details. */
  static async of(response: Response): Promise<ProblemError> {
    const hasDetails = hasMediaType(response, 'application/problem+json');
    // The status is an answer, also if the rest breaks off.
    const text = await response.text().catch(() => '');
    return new ProblemError(
      response.status,
      { title: response.statusText, ...(hasDetails && (parsedOrNull(text) as Partial<Problem> | null)) },
      secondsIn(response.headers.get('retry-after') ?? ''),
      hasDetails,
    );
  }
}

/** There was no answer, or none that can be read: the connection failed, or the time was over. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Returns the error of a request that failed for this reason. A SyntaxError means that a proxy or another service answered. */
export const failureOf = (cause: unknown): ConnectionError | ProblemError =>
  cause instanceof ProblemError || cause instanceof ConnectionError
    ? cause
    : new ConnectionError(
        cause instanceof SyntaxError
          ? `The URL is not a user-activity log: ${cause.message}`
          : 'There was no whole answer.',
        { cause },
      );

/** Returns whether an answer has a media type. */
export const hasMediaType = (response: Response, mediaType: string): boolean =>
  (response.headers.get('content-type') ?? '').startsWith(mediaType);

/** Returns whether the same request may succeed later, without a change. */
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

/** A proxy may have other members of these names. */
const listOf = <Item>(value: readonly Item[] | undefined): readonly Item[] =>
  Array.isArray(value) ? (value as readonly Item[]) : [];

/** Reads `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). */
function secondsIn(text: string): number | undefined {
  const seconds = Number(text) || (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
