import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ActivityFeed } from '@user-activity/domain';
import { log } from './feed-subject.ts';

/** Listens to a feed. After each call of the listener, asks the feed for the settled offset of partition 0, as a reader does. */
export class SettledListener {
  /** The number of calls of the listener. */
  calls = 0;
  /** The latest settled offset that the feed returned after a call. */
  seen = 0;
  /** Removes the listener from the feed. */
  readonly remove: () => void;
  readonly #timeoutMs: number;

  constructor(feed: ActivityFeed, timeoutMs = 45_000) {
    this.#timeoutMs = timeoutMs;
    this.remove = feed.onSettled(() => {
      this.calls += 1;
      // `settled` rejects if the subject was closed meanwhile.
      void feed.settled(log).then(
        (offsets) => {
          this.seen = Math.max(this.seen, offsets?.[0] ?? 0);
        },
        () => undefined,
      );
    });
  }

  /** Waits until the condition holds. Calls `between` before each check but the first. Fails after the time limit of the subject. */
  async waitUntil(isReached: () => boolean, between?: () => Promise<void>): Promise<void> {
    const deadline = performance.now() + this.#timeoutMs;
    while (!isReached()) {
      assert.ok(
        performance.now() < deadline,
        `after ${this.calls} calls, the listener saw the settled offset ${this.seen}`,
      );
      await between?.();
      await delay(10);
    }
  }
}
