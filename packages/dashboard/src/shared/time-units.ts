/** The units of time of a bar. */
export type TimeUnit = 'minute' | 'hour' | 'day' | 'week' | 'month';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Chooses a unit so that a range has some 10 to 400 bars, as far as it can. */
export function unitFor(from: number, to: number): TimeUnit {
  const span = to - from;
  if (span <= 4 * hour) return 'minute';
  if (span <= 12 * day) return 'hour';
  if (span <= 400 * day) return 'day';
  return span <= 8 * 365 * day ? 'week' : 'month';
}

/** Returns the start of a unit from its key in an answer, in ms since 1970. Days begin by the clock here. Undefined: it has no such time. */
export function timeOfKey(key: string, unit: TimeUnit): number | undefined {
  const isClockTime = unit === 'minute' || unit === 'hour';
  const [, year, month, date = '1'] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(key) ?? [];
  const moment = isClockTime
    ? Date.parse(key)
    : new Date(Number(year), Number(month) - 1, Number(date)).getTime();
  return Number.isNaN(moment) ? undefined : moment;
}

/** More bars than anyone can see. */
const maxBuckets = 2000;

/** Returns the starts of all units of a range, by the clock here. */
export function bucketTimes(unit: TimeUnit, from: number, to: number): number[] {
  const times: number[] = [];
  for (let time = startOf(unit, from); time < to && times.length < maxBuckets; time = nextStart(unit, time))
    times.push(time);
  return times;
}

/** Returns the end of the unit that contains a moment. A moment at which a unit begins is its end, too. */
export function endOf(unit: TimeUnit, moment: number): number {
  const start = startOf(unit, moment);
  return start === moment ? moment : nextStart(unit, start);
}

/** Returns the start of the unit that contains a moment. Weeks begin on Monday. */
export function startOf(unit: TimeUnit, moment: number): number {
  const date = new Date(moment);
  if (unit === 'minute') return date.setSeconds(0, 0);
  // Not `setMinutes`: an hour that is there twice would begin with its first time.
  if (unit === 'hour')
    return moment - (date.getMinutes() * minute + date.getSeconds() * 1000 + date.getMilliseconds());
  if (unit === 'week') date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
  if (unit === 'month') date.setDate(1);
  // At last: where clocks change at midnight, one day begins at 01:00, and the others do not.
  return date.setHours(0, 0, 0, 0);
}

function nextStart(unit: TimeUnit, start: number): number {
  if (unit === 'minute') return start + minute;
  // Some clocks change by half an hour.
  if (unit === 'hour') return startOf('hour', start + hour);
  const date = new Date(start);
  if (unit === 'month') date.setMonth(date.getMonth() + 1);
  else date.setDate(date.getDate() + (unit === 'week' ? 7 : 1));
  return date.setHours(0, 0, 0, 0);
}
