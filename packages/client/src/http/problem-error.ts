import type { Violation } from '../api/answers.ts';

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

  constructor(status: number, problem: Partial<Problem>, retryAfter?: number) {
    // The status text of HTTP/2 is empty.
    super(problem.detail || problem.title || `The answer has the status ${status}.`);
    this.status = status;
    this.title = problem.title ?? '';
    this.errors = listOf(problem.errors);
    this.ids = listOf(problem.ids);
    this.rejected = listOf(problem.rejected);
    this.retryAfter = retryAfter;
  }

  /** Reads the answer. It may come from a proxy, and then has no problem details. */
  static async of(response: Response): Promise<ProblemError> {
    const text = await response.text();
    return new ProblemError(
      response.status,
      { title: response.statusText, ...parseProblem(text) },
      secondsIn(response.headers.get('retry-after')),
    );
  }
}

/** There was no answer, or none that can be read: the connection failed, or the time was over. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

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

function parseProblem(text: string): Partial<Problem> {
  try {
    const problem = JSON.parse(text) as unknown;
    return typeof problem === 'object' && problem !== null && 'detail' in problem
      ? (problem as Partial<Problem>)
      : {};
  } catch {
    return {};
  }
}

/** Reads `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). */
function secondsIn(text: string | null): number | undefined {
  if (text === null) return undefined;
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
