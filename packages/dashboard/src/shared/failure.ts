import { ConnectionError, ProblemError } from '@user-activity/client';

/** The description of a failed request that a view shows. */
export interface Failure {
  readonly kind: 'key' | 'scope' | 'limit' | 'unavailable' | 'unreachable' | 'query' | 'other';
  readonly title: string;
  readonly detail: string;
  /** The number of seconds to wait before the next attempt, if the service says so. */
  readonly retryAfter?: number | undefined;
}

/** Describes the error of a failed request for people. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ConnectionError)
    return {
      kind: 'unreachable',
      title: 'The server does not answer',
      detail: 'It may be restarting, or the network may be down. Nothing is lost.',
    };
  if (!(error instanceof ProblemError))
    return { kind: 'other', title: 'This page failed', detail: error instanceof Error ? error.message : '' };
  const { status, message: detail, retryAfter } = error;
  if (status === 401) return { kind: 'key', title: 'This server asks for a key', detail };
  if (status === 403) return { kind: 'scope', title: 'This key is not allowed to read this', detail };
  if (status === 429) return { kind: 'limit', title: 'Too many requests', detail, retryAfter };
  if (status >= 500)
    return { kind: 'unavailable', title: 'The service cannot answer at the moment', detail, retryAfter };
  if (status === 414 || status === 431)
    return {
      kind: 'query',
      title: 'This query is too long',
      detail: 'Remove filters, or filter by shorter values.',
    };
  const faults = error.errors.map(({ path, message }) => `${path.replace(/^\//, '')} ${message}`);
  if (status === 400 || status === 422)
    return { kind: 'query', title: 'This query is invalid', detail: faults.join('. ') || detail };
  return { kind: 'other', title: error.title || 'The service refused the request', detail };
}
