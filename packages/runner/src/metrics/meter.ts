import { type Attributes, type Counter, type Histogram, type Meter, metrics } from '@opentelemetry/api';
import { isDomainError } from '@user-activity/domain';

/** The process's meter. Taken when it is needed: instruments of before the app chose a reader measure nothing. */
export const meter = (): Meter => metrics.getMeter('user-activity');

/** A count that only grows. It begins with 0 of each kind that is known: an alert on the first of them has something to compare. */
export function counter(
  name: string,
  unit: string,
  description: string,
  kinds: readonly Attributes[] = [{}],
): Counter {
  const made = meter().createCounter(name, { unit, description });
  for (const kind of kinds) made.add(0, kind);
  return made;
}

/** How values are spread; `bounds` are those of its buckets. */
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

/** Bounds in seconds for what someone waits for. */
export const waits: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Bounds for how many go together. */
export const sizes: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** The code of a domain error; all others are one kind, as their names are anybody's. */
export const errorType = (error: unknown): string => (isDomainError(error) ? error.code : '_OTHER');

/** Attributes that are made once for each value of their one changing member. */
export function attributesBy(key: string, constant: Attributes = {}): (value: string) => Attributes {
  const made = new Map<string, Attributes>();
  return (value) => {
    let attributes = made.get(value);
    if (attributes === undefined) {
      attributes = { ...constant, [key]: value };
      made.set(value, attributes);
    }
    return attributes;
  };
}
