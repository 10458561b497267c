const dayMs = 86_400_000;
const minuteMs = 60_000;

/** A calendar day, as its first moment in UTC, in ms since 1970. */
export type CalendarDay = number;

/** Returns the calendar day in UTC of a moment in ms since 1970. */
export const calendarDayOf = (moment: number): CalendarDay => Math.floor(moment / dayMs) * dayMs;

/** Returns the day that is `days` later, or earlier if `days` is negative. */
export const addDays = (day: CalendarDay, days: number): CalendarDay => day + days * dayMs;

/** Returns whether a day is a Saturday or a Sunday. */
export const isWeekend = (day: CalendarDay): boolean => [0, 6].includes(new Date(day).getUTCDay());

const offsets = new Map<string, number>();

/**
 * Returns how far the clocks of a zone are ahead of UTC at noon of a day, in ms. One offset is enough for the waking hours of the day, because
 * clocks change at night.
 */
function offsetOf(zone: string, day: CalendarDay): number {
  const key = `${zone} ${day}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const noon = day + dayMs / 2;
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(noon);
  const part = (type: string): number => Number(parts.find((item) => item.type === type)?.value);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  offsets.set(key, local - noon);
  return local - noon;
}

/** Returns the moment, in ms since 1970, at which it is `minutes` after midnight of a day in a time zone. */
export const momentOfLocalTime = (zone: string, day: CalendarDay, minutes: number): number =>
  day + minutes * minuteMs - offsetOf(zone, day);
