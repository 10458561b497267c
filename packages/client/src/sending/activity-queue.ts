/**
 * Keeps activities, as lines of JSON, until the service has answered for them.
 *  Q1 Kept     once `add` returns, `first` returns the line until it is removed.
 *  Q2 Ordered  lines come out in the order in which they went in.
 *  Q3 Bounded  `add` throws QueueFullError if the line does not fit, and keeps nothing of it.
 */
export interface ActivityQueue {
  /** The number of lines. */
  readonly count: number;
  /** The bytes of the lines as UTF-8. */
  readonly bytes: number;
  /** Whether the lines outlive this process. */
  readonly isDurable: boolean;
  /** Adds a line, which has no line break. */
  add(line: string): void;
  /** Returns the oldest lines: at most `maxCount` with at most `maxBytes`, but one at least if there is one. */
  first(maxCount: number, maxBytes: number): readonly string[];
  /** Removes the oldest lines. */
  remove(count: number): void;
  /** Releases what the queue holds. Lines of a durable queue stay for the next process. */
  close(): void | Promise<void>;
}

/** The queue is full, so the activity was not logged. Log it again later, or let the caller fail. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';

  constructor(limit: string) {
    super(`The queue is full: it holds at most ${limit}. The activity was not logged.`);
  }
}
