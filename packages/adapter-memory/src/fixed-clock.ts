import { type Clock, Timestamp } from '@user-activity/domain';

/** A clock that changes only when a test sets or advances it. */
export class FixedClock implements Clock {
  #now: Timestamp;

  constructor(now: string = '2026-01-02T03:04:05.678Z') {
    this.#now = Timestamp.parse(now);
  }

  now(): Timestamp {
    return this.#now;
  }

  set(now: string): void {
    this.#now = Timestamp.parse(now);
  }

  advance(millis: number): void {
    this.#now = Timestamp.fromMillis(this.#now + millis);
  }
}
