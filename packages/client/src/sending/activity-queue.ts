/**
 * A queue of activities that wait until the service has accepted or rejected them. Each is one line of JSON.
 *  Q1 Kept     a line that `add` has taken stays in the queue until `remove` is called for it.
 *  Q2 Ordered  `first` returns lines in the order in which they were added.
 *  Q3 Bounded  `add` throws QueueFullError if the line does not fit, and then adds nothing.
 */
export interface ActivityQueue {
  /** The number of lines in the queue. */
  readonly count: number;
  /** The size of all lines in bytes, as UTF-8. */
  readonly bytes: number;
  /** Whether the lines outlive this process. */
  readonly isDurable: boolean;
  /** Adds a line to the end of the queue. It must not contain a line break. */
  add(line: string): void;
  /** Returns the oldest lines: at most `maxCount`, and at most `maxBytes` in total, but at least one unless the queue is empty. */
  first(maxCount: number, maxBytes: number): readonly string[];
  /** Removes the oldest `count` lines. Call it only for lines that `first` has returned. */
  remove(count: number): void;
  /** Releases files and other resources. The lines of a durable queue stay for the next process. */
  close(): void | Promise<void>;
}

/** The queue is full, so the activity was not logged. Log it again later, or report the failure to your caller. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';

  constructor(limit: string) {
    super(`The queue is full: it holds at most ${limit}. The activity was not logged.`);
  }
}
