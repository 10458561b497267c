import { type Attributes, type Counter, type Histogram, type Meter, metrics } from '@opentelemetry/api';
import { InputFault } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';

/** Returns the OpenTelemetry meter of the process. Instruments that are made before the meter provider is set measure nothing. */
export const meter = (): Meter => metrics.getMeter('user-activity');

/** Makes a counter. It starts at 0 for each of `initialAttributes`, so that an alert can detect the first increase. */
export function counter(
  name: string,
  unit: string,
  description: string,
  initialAttributes: readonly Attributes[] = [{}],
): Counter {
  const instrument = meter().createCounter(name, { unit, description });
  for (const attributes of initialAttributes) instrument.add(0, attributes);
  return instrument;
}

/** Makes a gauge. Each scrape calls `readValue`, and shows no value if the result is undefined. */
export function gauge(
  name: string,
  unit: string,
  description: string,
  readValue: () => number | undefined,
): void {
  meter()
    .createObservableGauge(name, { unit, description })
    .addCallback((result) => {
      const value = readValue();
      if (value !== undefined) result.observe(value);
    });
}

/** Makes a histogram. `bounds` are the upper bounds of its buckets. */
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

/** Makes a histogram of durations in seconds. */
export const durationHistogram = (name: string, description: string): Histogram =>
  histogram(name, 's', description, durationBounds);

/**
 * Wraps a function to record the duration of each call, with the error code if the call rejects. Calls `onSuccess` with the result and the
 * arguments of each successful call.
 */
export function timed<Args extends readonly unknown[], Value>(
  duration: Histogram,
  work: (...args: Args) => Promise<Value>,
  attributes: Attributes = {},
  onSuccess?: (value: Value, ...args: Args) => void,
): (...args: Args) => Promise<Value> {
  const successAttributes = Object.freeze({ ...attributes });
  const failureAttributes = attributesBy('error.type', attributes);
  return async (...args) => {
    const startTime = performance.now();
    let value: Value;
    try {
      value = await work(...args);
    } catch (error) {
      duration.record(secondsSince(startTime), failureAttributes(errorTypeOf(error)));
      throw error;
    }
    duration.record(secondsSince(startTime), successAttributes);
    onSuccess?.(value, ...args);
    return value;
  };
}

const secondsSince = (startTime: number): number => (performance.now() - startTime) / 1000;

/** Bucket boundaries in seconds, for the time that a caller waits. */
const durationBounds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Bucket boundaries for the number of items in a batch. */
export const countBounds: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** Returns the code of a known error. All other errors share one value, because a metric must not have an unlimited number of series. */
const errorTypeOf = (error: unknown): string =>
  isDomainError(error) || error instanceof InputFault ? error.code : '_OTHER';

/**
 * Returns a function that takes the value of the attribute `key`, and returns `fixedAttributes` with this attribute added. Results are cached
 * and frozen, because the exporter finds the series of a frozen object faster.
 */
export function attributesBy(key: string, fixedAttributes: Attributes = {}): (value: string) => Attributes {
  const cache = new Map<string, Attributes>();
  return (value) => {
    let attributes = cache.get(value);
    if (attributes === undefined) {
      attributes = Object.freeze({ ...fixedAttributes, [key]: value });
      cache.set(value, attributes);
    }
    return attributes;
  };
}
