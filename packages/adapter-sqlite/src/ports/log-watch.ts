import type { Cancellation } from '@user-activity/domain';

/** Tells the consumers of a process when the log has changed, and lets one consumer of a group work at a time. */
export class LogWatch {
  readonly #turns: Map<string, Promise<unknown>> = new Map();
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Resolves at the next change of the log. Take the promise before you read, so that you miss no change. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Does the work when all earlier work of the group is done. Does nothing if cancelled before. */
  async inTurn(group: string, signal: Cancellation, work: () => Promise<void>): Promise<void> {
    const earlier = this.#turns.get(group) ?? Promise.resolve();
    const own = Promise.withResolvers<void>();
    this.#turns.set(group, Promise.all([earlier, own.promise]));
    try {
      await Promise.race([earlier, cancelled(signal)]);
      if (!signal.aborted) await work();
    } finally {
      own.resolve();
    }
  }
}

/** Resolves on cancellation. */
function cancelled(signal: Cancellation): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
