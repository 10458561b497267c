import type { Clock, Timestamp } from '@user-activity/domain';
import { addedSince, type Distribution, percentile } from './distribution.ts';

/** What a process has measured since its start. A member is absent if the process does not measure it. */
export interface HealthReading {
  /** The number of activities that the log confirmed. */
  readonly accepted?: number | undefined;
  /** The number of activities that this process stored. */
  readonly stored?: number | undefined;
  /** The number of dead letters that this process added. */
  readonly deadLettered?: number | undefined;
  /** The number of records that the whole consumer group handled. Only a process without a consumer measures it. */
  readonly handled?: number | undefined;
  /** The number of records that are not handled yet: in the partitions of this process, or in all if the process has no consumer. */
  readonly lag?: number | undefined;
  /** How many seconds after its acceptance each activity was stored. */
  readonly storedAfter?: Distribution | undefined;
}

/** What a process measured in about a minute. */
export interface HealthPoint {
  /** When the minute began. */
  readonly at: Timestamp;
  /** The length of the minute, in seconds: above 60 if the process was too busy to end it in time, and below if it is not over yet. */
  readonly seconds: number;
  readonly accepted?: number;
  readonly stored?: number;
  readonly deadLettered?: number;
  readonly handled?: number;
  /** The lag at the end of the minute. */
  readonly lag?: number;
  /** Percentiles of the time from acceptance until an activity was stored, in milliseconds. Absent if none was stored. */
  readonly storedAfterMs?: { readonly p50: number; readonly p99: number };
}

/** Returns what the process measured in the last hour, by the minute, the earliest first. */
export type ReadHistory = () => Promise<readonly HealthPoint[]>;

const maxPoints = 60;

/** A reading, and when it was taken. */
interface Sample {
  readonly reading: HealthReading;
  readonly at: Timestamp;
  /** By a clock in milliseconds that never jumps. */
  readonly time: number;
}

interface HealthHistoryDeps {
  readonly read: () => Promise<HealthReading>;
  readonly clock: Clock;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
}

/** What a process measured in each of the last 60 minutes. It is lost when the process ends. */
export class HealthHistory {
  readonly #deps: HealthHistoryDeps;
  #points: readonly HealthPoint[] = [];
  #latest: Sample | undefined;
  /** The last known value of `handled` at the end of a minute. */
  #handled: number | undefined;

  constructor(deps: HealthHistoryDeps) {
    this.#deps = deps;
  }

  /** Ends the current minute and begins the next. Call it at the start, and then every minute. */
  readonly endMinute = async (): Promise<void> => {
    const sample = await this.#sample();
    if (this.#latest !== undefined)
      this.#points = [...this.#points, pointBetween(this.#latest, sample, this.#handled)].slice(
        1 - maxPoints,
      );
    this.#latest = sample;
    this.#handled = sample.reading.handled ?? this.#handled;
  };

  /** Returns at most 60 points. The last one is the current minute, which is not over yet. Returns none before the first `endMinute`. */
  readonly points: ReadHistory = async () => {
    const sample = await this.#sample();
    return this.#latest === undefined
      ? []
      : [...this.#points, pointBetween(this.#latest, sample, this.#handled)];
  };

  async #sample(): Promise<Sample> {
    const { read, clock, now } = this.#deps;
    const reading = await read();
    return { reading, at: clock.now(), time: now() };
  }
}

/** Converts to milliseconds, rounded to a tenth, because the estimate of a percentile is not more precise. */
const toMilliseconds = (seconds: number): number => Math.round(seconds * 10_000) / 10;

function pointBetween(before: Sample, after: Sample, handledBefore: number | undefined): HealthPoint {
  const [earlier, later] = [before.reading, after.reading];
  /** Returns the increase of a counter. It starts at 0 with the process, so a missing earlier value is 0. */
  const gained = (name: 'accepted' | 'stored' | 'deadLettered'): Partial<HealthPoint> => {
    const value = later[name];
    return value === undefined ? {} : { [name]: value - (earlier[name] ?? 0) };
  };
  const storedAfter = later.storedAfter && addedSince(later.storedAfter, earlier.storedAfter);
  const [p50, p99] = [percentile(storedAfter, 0.5), percentile(storedAfter, 0.99)];
  return {
    at: before.at,
    seconds: Math.max(0, Math.round(after.time - before.time)) / 1000,
    ...gained('accepted'),
    ...gained('stored'),
    ...gained('deadLettered'),
    // Kafka keeps this number across restarts, so the first reading is no increase. It drops if the topic is recreated.
    ...(later.handled === undefined || handledBefore === undefined
      ? {}
      : { handled: Math.max(0, later.handled - handledBefore) }),
    ...(later.lag === undefined ? {} : { lag: later.lag }),
    ...(p50 === undefined || p99 === undefined
      ? {}
      : { storedAfterMs: { p50: toMilliseconds(p50), p99: toMilliseconds(p99) } }),
  };
}
