import type { Violation } from '../api/answers.ts';
import { parsedOrNull } from '../http/parsed-or-null.ts';
import type { RejectedLine } from './batch-answer.ts';
import { callBack } from './call-back.ts';
import type { SentActivity } from './new-line.ts';

/** An activity that the service will never take. */
export interface Rejection {
  /** The activity. Null if its line in a spool was damaged. */
  readonly activity: SentActivity | null;
  /** The JSON that was sent. */
  readonly json: string;
  /** 422 if it breaks a rule, and 413 if it is too large. */
  readonly status: number;
  readonly errors: readonly Violation[];
}

/** Some activities that were given to `log` are not logged. */
export class NotLoggedError extends Error {
  override readonly name = 'NotLoggedError';
  /** The first 100 activities that the service rejected. Empty if there is an `onRejected`. */
  readonly rejections: readonly Rejection[];
  /** The activities that a closed client has not sent, as JSON. The service may have some of them. */
  readonly unsent: readonly string[];

  constructor(rejected: Rejected, unsent: readonly string[], cause: unknown) {
    super(`The service rejected ${rejected.count} activities, and ${unsent.length} were not sent.`, {
      cause,
    });
    this.rejections = rejected.first;
    this.unsent = unsent;
  }
}

/** Activities that the service rejected. */
export interface Rejected {
  readonly count: number;
  readonly first: readonly Rejection[];
}

const maxKept = 100;

/** Reports rejections to the callback of the user. Without a callback, keeps them until `take` is called. */
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

  add(lines: readonly string[], { index, status, errors }: RejectedLine): void {
    const json = lines[index] ?? '';
    const rejection = { activity: parsedOrNull(json) as SentActivity | null, json, status, errors };
    callBack(() => this.#report(rejection));
  }

  /** Returns the rejections that nobody knows of, once. */
  take(): Rejected {
    const taken = { count: this.#unreported, first: this.#kept };
    this.#kept = [];
    this.#unreported = 0;
    return taken;
  }
}
