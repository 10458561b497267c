import type { Violation } from '../api/answers.ts';
import { parseJsonOrNull } from '../http/parse-json-or-null.ts';
import type { RejectedLine } from './batch-answer.ts';
import { runCallback } from './run-callback.ts';
import type { SentActivity } from './activity-line.ts';

/** An activity that the service rejected for good. */
export interface Rejection {
  /** The activity. Null if the disk has damaged its line in the spool. */
  readonly activity: SentActivity | null;
  /** The JSON that was sent. */
  readonly json: string;
  /** The HTTP status: 422 if the activity breaks a rule, 413 if it is too large. */
  readonly status: number;
  readonly errors: readonly Violation[];
}

/** Some activities that were passed to `log` are not logged: the service rejected them, or the client closed before it sent them. */
export class NotLoggedError extends Error {
  override readonly name = 'NotLoggedError';
  /** The first 100 activities that the service rejected. Empty if there is an `onRejected`. */
  readonly rejections: readonly Rejection[];
  /**
   * The JSON of the activities that were still queued when the client closed. The service may already have some of them, if their answer
   * did not arrive.
   */
  readonly unsent: readonly string[];

  constructor(rejected: Rejected, unsent: readonly string[], cause: unknown) {
    super(`The service rejected ${rejected.count} activities, and ${unsent.length} were not sent.`, {
      cause,
    });
    this.rejections = rejected.first;
    this.unsent = unsent;
  }
}

/** The activities that the service rejected: how many, and the first 100. */
export interface Rejected {
  readonly count: number;
  readonly first: readonly Rejection[];
}

const maxKept = 100;

/** Passes each rejection to `onRejected`. Without `onRejected`, counts the rejections, and keeps the first 100, until `take` is called. */
export class Rejections {
  readonly #report: (rejection: Rejection) => void;
  #kept: Rejection[] = [];
  #unreported = 0;

  constructor(
    onRejected: (rejection: Rejection) => void = (rejection) => {
      this.#unreported += 1;
      if (this.#kept.length < maxKept) this.#kept.push(rejection);
    },
  ) {
    this.#report = onRejected;
  }

  /** Adds the rejection of one line of a batch. */
  add(lines: readonly string[], { index, status, errors }: RejectedLine): void {
    const json = lines[index] ?? '';
    const rejection = { activity: parseJsonOrNull(json) as SentActivity | null, json, status, errors };
    runCallback(() => this.#report(rejection));
  }

  /** Returns the rejections that were kept since the last call, and forgets them. */
  take(): Rejected {
    const taken = { count: this.#unreported, first: this.#kept };
    this.#kept = [];
    this.#unreported = 0;
    return taken;
  }
}
