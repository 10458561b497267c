/** The units of time for the bars of a chart. */
export type TimeUnit = 'minute' | 'hour' | 'day' | 'week' | 'month';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Chooses the unit for the bars of a time range, so that there are about 10 to 400 bars in most cases. `from` and `to` are in ms. */
export function unitFor(from: number, to: number): TimeUnit {
  const span = to - from;
  if (span <= 4 * hour) return 'minute';
  if (span <= 12 * day) return 'hour';
  if (span <= 400 * day) return 'day';
  return span <= 8 * 365 * day ? 'week' : 'month';
}

/**
 * Converts the key that the service gives a unit of time to the start of the unit, in ms since 1970. Days, weeks and months start in local
 * time. Undefined if the key is not a time.
 */
export function timeOfKey(key: string, unit: TimeUnit): number | undefined {
  const isClockTime = unit === 'minute' || unit === 'hour';
  const [, year, month, date = '1'] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(key) ?? [];
  const moment = isClockTime
    ? Date.parse(key)
    : new Date(Number(year), Number(month) - 1, Number(date)).getTime();
  return Number.isNaN(moment) ? undefined : moment;
}

/** The maximum number of bars in a chart. Nobody can see more. */
const maxBuckets = 2000;

/** Returns the starts of the units in a time range, at most `maxBuckets`, in ms since 1970. Units start in local time. */
export function bucketTimes(unit: TimeUnit, from: number, to: number): number[] {
  const times: number[] = [];
  for (let time = startOf(unit, from); time < to && times.length < maxBuckets; time = nextStart(unit, time))
    times.push(time);
  return times;
}

/** Rounds a moment up to the next start of a unit. If a unit starts exactly at the moment, returns the moment. */
export function roundUpTo(unit: TimeUnit, moment: number): number {
  const start = startOf(unit, moment);
  return start === moment ? moment : nextStart(unit, start);
}

/** Returns the start of the unit that contains a moment. Weeks begin on Monday. */
export function startOf(unit: TimeUnit, moment: number): number {
  const date = new Date(moment);
  if (unit === 'minute') return date.setSeconds(0, 0);
  // Not `setMinutes`: when clocks are set back, an hour occurs twice, and `setMinutes` returns the start of the first one for both.
  if (unit === 'hour')
    return moment - (date.getMinutes() * minute + date.getSeconds() * 1000 + date.getMilliseconds());
  if (unit === 'week') date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
  if (unit === 'month') date.setDate(1);
  // This comes last, because midnight depends on the day: where clocks change at midnight, one day begins at 01:00.
  return date.setHours(0, 0, 0, 0);
}

function nextStart(unit: TimeUnit, start: number): number {
  if (unit === 'minute') return start + minute;
  // In some time zones, clocks change by half an hour, so the next hour may not start exactly one hour later.
  if (unit === 'hour') return startOf('hour', start + hour);
  const date = new Date(start);
  if (unit === 'month') date.setMonth(date.getMonth() + 1);
  else date.setDate(date.getDate() + (unit === 'week' ? 7 : 1));
  return date.setHours(0, 0, 0, 0);
}
