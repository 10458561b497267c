import type { Activity } from '@user-activity/client';

/** The most activities that are shown. */
export const maxRows = 1000;
/** The length of the rate, in seconds. */
export const rateSeconds = 60;

/** What the view Live draws. */
export interface LiveSnapshot {
  /** The latest first. */
  readonly rows: readonly Activity[];
  /** The number of activities that wait until the list moves on. */
  readonly waiting: number;
  /** The number of activities since the buffer was made. */
  readonly total: number;
  /** When the buffer was made, in ms since 1970. */
  readonly startedAt: number;
}

/**
 * Holds what arrived between two drawings, so that any number of activities per second costs the page the same. It never holds more than can
 * be shown.
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

  /** Adds an activity that arrived at a moment, in ms. */
  add(activity: Activity, now: number): void {
    this.#arrived.push(activity);
    this.#waiting += 1;
    this.#total += 1;
    // Whatever is older would not be shown.
    if (this.#arrived.length >= 2 * maxRows) this.#arrived = this.#arrived.slice(-maxRows);
    const second = Math.floor(now / 1000);
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + 1);
    if (this.#counts.size > 2 * rateSeconds)
      for (const known of this.#counts.keys()) if (known <= second - rateSeconds) this.#counts.delete(known);
  }

  /** Returns what to draw. While the list is held, the rows stay, and new activities wait. */
  snapshot(isHeld: boolean): LiveSnapshot {
    if (!isHeld && this.#waiting > 0) {
      this.#rows = [...this.#arrived.toReversed(), ...this.#rows].slice(0, maxRows);
      this.#arrived = [];
      this.#waiting = 0;
    }
    return { rows: this.#rows, waiting: this.#waiting, total: this.#total, startedAt: this.#startedAt };
  }

  /** Returns how many activities arrived in each of the last 60 full seconds, the earliest first. */
  rates(now: number): readonly number[] {
    const second = Math.floor(now / 1000);
    return Array.from(
      { length: rateSeconds },
      (_, index) => this.#counts.get(second - rateSeconds + index) ?? 0,
    );
  }
}
