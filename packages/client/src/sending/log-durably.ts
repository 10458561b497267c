import type { NewActivity } from '../api/activity.ts';
import type { Outcome } from '../api/answers.ts';
import type { CallOptions, Connection } from '../http/connection.ts';
import { retry } from '../http/pauses.ts';
import { hasMediaType } from '../http/problem-error.ts';
import { newLine } from './new-line.ts';

/** How to log an activity durably. `timeoutMs` limits the whole call, all attempts together. */
export interface DurableOptions extends CallOptions {
  /** Wait up to this number of seconds for the outcome, at most 30. Default: resolve once the log holds the activity. */
  readonly wait?: number | undefined;
}

/** The service will not store the activity: another one has its id, its user was erased, or it is a dead letter. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError';
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(`The activity was not stored: ${outcome.status}.`);
    this.outcome = outcome;
  }
}

/** Longer than the service takes to answer 503 if its log does not respond. */
const maxAttemptMs = 15_000;

/** Outcomes that have the status of a refusal. */
const outcomeStatuses = [409, 410, 422];

const isOutcome = (response: Response): boolean =>
  response.ok || (outcomeStatuses.includes(response.status) && hasMediaType(response, 'application/json'));

/**
 * Logs an activity, and tries again until the time is over: with the same id, so that it is stored once. Rejects with NotStoredError if the
 * service says that it does not store it.
 */
export async function logDurably(
  connection: Connection,
  activity: NewActivity,
  { wait = 0, signal, timeoutMs = connection.timeoutMs }: DurableOptions,
): Promise<Outcome> {
  const waitMs = wait * 1000;
  const endsAt = Date.now() + timeoutMs + waitMs;
  // One connection that hangs must not take all of the time.
  const limitMs = (): number => Math.max(1, Math.min(endsAt - Date.now(), maxAttemptMs + waitMs));
  const { line } = newLine(activity);
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
