import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ActivityFeed } from '@user-activity/domain';
import { log } from './feed-subject.ts';

/** Listens to a feed, and asks it for the settled offset of partition 0 after each call, as a reader does. */
export class SettledListener {
  /** The number of calls. */
  calls = 0;
  /** The latest settled offset that the feed returned after a call. */
  seen = 0;
  /** Ends the calls. */
  readonly remove: () => void;
  readonly #patienceMs: number;

  constructor(feed: ActivityFeed, patienceMs = 45_000) {
    this.#patienceMs = patienceMs;
    this.remove = feed.onSettled(() => {
      this.calls += 1;
      // A call that fails, because the subject was closed meanwhile, sees nothing.
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
    const deadline = performance.now() + this.#patienceMs;
    while (!isReached()) {
      assert.ok(performance.now() < deadline, `the listener saw ${this.seen} in ${this.calls} calls`);
      await between?.();
      await delay(10);
    }
  }
}
