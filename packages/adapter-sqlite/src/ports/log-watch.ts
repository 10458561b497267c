import type { Cancellation } from '@user-activity/domain';

/** Notifies the consumers of this process when the log changes, and lets only one consumer of a group work at a time. */
export class LogWatch {
  /** For each group, a promise that resolves when all its queued work is done. */
  readonly #ends = new Map<string, Promise<unknown>>();
  #changed = Promise.withResolvers<void>();

  /** Resolves at the next change of the log. Get the promise before you read the log, so that you miss no change. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Runs the work after all earlier work of the group. Does not run it if the signal is aborted before that. */
  async runInTurn(group: string, signal: Cancellation, work: () => Promise<void>): Promise<void> {
    const earlier = this.#ends.get(group) ?? Promise.resolve();
    const own = Promise.withResolvers<void>();
    this.#ends.set(group, Promise.all([earlier, own.promise]));
    const cancelled = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => cancelled.resolve(), { once: true });
    try {
      if (!signal.aborted) await Promise.race([earlier, cancelled.promise]);
      if (!signal.aborted) await work();
    } finally {
      own.resolve();
    }
  }
}
