import type { HrTime } from '@opentelemetry/api';

/** Returns the current time as OpenTelemetry represents it: the seconds since 1970, and the nanoseconds of the current second. */
export function hrTimeNow(): HrTime {
  const now = Date.now();
  return [Math.floor(now / 1000), (now % 1000) * 1e6];
}
