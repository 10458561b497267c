import type { NewActivity } from '../api/activity.ts';
import type { Outcome } from '../api/answers.ts';
import type { CallOptions, Connection } from '../http/connection.ts';
import { retry } from '../http/pauses.ts';
import { hasMediaType } from '../http/problem-error.ts';
import { activityLine } from './activity-line.ts';

/** Options of `logDurably`. `timeoutMs` limits all attempts together. The time for `wait` is added to it. */
export interface DurableOptions extends CallOptions {
  /** How long to wait until the activity is stored, in seconds. At most 30. Default: 0, which resolves once the log holds the activity. */
  readonly wait?: number | undefined;
}

/** The service will not store the activity: another activity has its id, its user was erased, or it became a dead letter. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError';
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(`The activity was not stored: ${outcome.status}.`);
    this.outcome = outcome;
  }
}

/** The time limit of one attempt. It is longer than the service takes to answer 503 when its log does not respond. */
const maxAttemptMs = 15_000;

/** The error statuses with which the service reports an outcome: conflict, erased and dead_lettered. */
const outcomeStatuses = [409, 410, 422];

const isOutcome = (response: Response): boolean =>
  response.ok || (outcomeStatuses.includes(response.status) && hasMediaType(response, 'application/json'));

/**
 * Sends an activity, and retries until the time limit. Each attempt sends the same id, so the activity is stored at most once. Rejects with
 * NotStoredError if the outcome is `conflict`, `erased` or `dead_lettered`.
 */
export async function logDurably(
  connection: Connection,
  activity: NewActivity,
  { wait = 0, signal, timeoutMs = connection.timeoutMs }: DurableOptions,
): Promise<Outcome> {
  const waitMs = wait * 1000;
  const endsAt = Date.now() + timeoutMs + waitMs;
  // An attempt that hangs must leave time for another one.
  const limitMs = (): number => Math.max(1, Math.min(endsAt - Date.now(), maxAttemptMs + waitMs));
  const { line } = activityLine(activity);
  const headers = {
    'content-type': 'application/json',
    ...(wait > 0 && { prefer: `wait=${wait}` }),
  };
  const call = { method: 'POST', path: '/api/logs', headers, body: line, signal } as const;
  const outcome = await retry(
    () => connection.json<Outcome>({ ...call, timeoutMs: limitMs() }, isOutcome),
    signal,
    (_failures, pauseMs) => Date.now() + pauseMs < endsAt,
  );
  if (!/^(stored|duplicate|accepted)$/.test(outcome.status)) throw new NotStoredError(outcome);
  return outcome;
}
