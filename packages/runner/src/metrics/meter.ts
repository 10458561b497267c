import { type Attributes, type Counter, type Histogram, type Meter, metrics } from '@opentelemetry/api';
import { InputFault } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';

/** Returns the meter of the process. Call it only after the app has set a reader: earlier instruments measure nothing. */
export const meter = (): Meter => metrics.getMeter('user-activity');

/** Makes a counter. It starts at 0 for each of `kinds`, so that an alert can detect the first increase. */
export function counter(
  name: string,
  unit: string,
  description: string,
  kinds: readonly Attributes[] = [{}],
): Counter {
  const instrument = meter().createCounter(name, { unit, description });
  for (const kind of kinds) instrument.add(0, kind);
  return instrument;
}

/** Makes a gauge that shows the value at each scrape, and nothing while the value is undefined. */
export function gauge(
  name: string,
  unit: string,
  description: string,
  value: () => number | undefined,
): void {
  meter()
    .createObservableGauge(name, { unit, description })
    .addCallback((result) => {
      const now = value();
      if (now !== undefined) result.observe(now);
    });
}

/** Makes a histogram. `bounds` are the boundaries of its buckets. */
export const histogram = (
  name: string,
  unit: string,
  description: string,
  bounds: readonly number[],
): Histogram =>
  meter().createHistogram(name, {
    unit,
    description,
    advice: { explicitBucketBoundaries: [...bounds] },
  });

/** Makes a histogram of durations. Returns a function that runs work and records its duration, with the error code if it rejects. */
export function timer(name: string, description: string, attributes: Attributes = {}) {
  const duration = histogram(name, 's', description, durationBounds);
  const failureAttributes = attributesBy('error.type', attributes);
  return async <Value>(work: () => Promise<Value>): Promise<Value> => {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    try {
      const value = await work();
      duration.record(seconds(), attributes);
      return value;
    } catch (error) {
      duration.record(seconds(), failureAttributes(errorType(error)));
      throw error;
    }
  };
}

/** Bucket boundaries in seconds, for the time that a caller waits. */
export const durationBounds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Bucket boundaries for the number of items in a group. */
export const countBounds: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** Returns the code of a domain error. All other errors get one value, because their names are unbounded. */
const errorType = (error: unknown): string =>
  isDomainError(error) || error instanceof InputFault ? error.code : '_OTHER';

/** Returns a function that takes a value and returns `constant` with `key` set to that value. Results are cached by value. */
export function attributesBy(key: string, constant: Attributes = {}): (value: string) => Attributes {
  const cache = new Map<string, Attributes>();
  return (value) => {
    let attributes = cache.get(value);
    if (attributes === undefined) {
      attributes = { ...constant, [key]: value };
      cache.set(value, attributes);
    }
    return attributes;
  };
}
