import type { Cancellation } from '@user-activity/domain';

/** Tells the consumers of a process when there may be something new, and whose turn it is within a group. */
export class LogWatch {
  readonly #turns: Map<string, Promise<unknown>> = new Map();
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Resolves at the next change of the log. To miss none, take it before looking. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Does the work when all that came before in the group are through with theirs; not at all if cancelled before. */
  async inTurn(group: string, signal: Cancellation, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(group) ?? Promise.resolve();
    const mine = Promise.withResolvers<void>();
    this.#turns.set(group, Promise.all([before, mine.promise]));
    try {
      await Promise.race([before, cancelled(signal)]);
      if (!signal.aborted) await work();
    } finally {
      mine.resolve();
    }
  }
}

/** Resolves when it is cancelled. */
function cancelled(signal: Cancellation): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
