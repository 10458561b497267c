import type { Activity } from '@user-activity/client';

/** The maximum number of activities in the list. */
export const maxRows = 1000;
/** The number of seconds for which the buffer has the rates. */
export const rateSeconds = 60;

/** What the view Live renders. */
export interface LiveSnapshot {
  /** The activities in the list, newest first. */
  readonly rows: readonly Activity[];
  /** The number of new activities that are not in the list yet, because the list is held: its rows must not change. */
  readonly waiting: number;
  /** The number of activities since the buffer was made. */
  readonly total: number;
  /** When the buffer was made, in ms since 1970. */
  readonly startedAt: number;
}

/**
 * Collects the activities that arrive between two renderings, so that the page does not render once for each of them. It keeps at most
 * 3,000 activities: those in the list, and the newest that have arrived since.
 */
export class LiveBuffer {
  #rows: readonly Activity[] = [];
  #arrived: Activity[] = [];
  #waiting = 0;
  #total = 0;
  readonly #counts = new Map<number, number>();
  readonly #startedAt: number;

  constructor(now: number) {
    this.#startedAt = now;
  }

  /** Adds an activity that arrived at `now`, in ms since 1970. */
  add(activity: Activity, now: number): void {
    this.#arrived.push(activity);
    this.#waiting += 1;
    this.#total += 1;
    // The list will show only the newest `maxRows`, so older ones can go.
    if (this.#arrived.length >= 2 * maxRows) this.#arrived = this.#arrived.slice(-maxRows);
    const second = Math.floor(now / 1000);
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + 1);
    if (this.#counts.size > 2 * rateSeconds)
      for (const known of this.#counts.keys()) if (known <= second - rateSeconds) this.#counts.delete(known);
  }

  /** Returns what to render. While the list is held, its rows do not change, and new activities wait. */
  snapshot(isHeld: boolean): LiveSnapshot {
    if (!isHeld && this.#waiting > 0) {
      this.#rows = [...this.#arrived.toReversed(), ...this.#rows].slice(0, maxRows);
      this.#arrived = [];
      this.#waiting = 0;
    }
    return { rows: this.#rows, waiting: this.#waiting, total: this.#total, startedAt: this.#startedAt };
  }

  /** Returns how many activities arrived in each of the last 60 complete seconds, earliest first. */
  rates(now: number): readonly number[] {
    const second = Math.floor(now / 1000);
    return Array.from(
      { length: rateSeconds },
      (_, index) => this.#counts.get(second - rateSeconds + index) ?? 0,
    );
  }
}
