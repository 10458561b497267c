import type { HrTime } from '@opentelemetry/api';

/** Returns the time since 1970 as OpenTelemetry writes it: seconds and nanoseconds. */
export function hrTimeNow(): HrTime {
  const now = Date.now();
  return [Math.floor(now / 1000), (now % 1000) * 1e6];
}
