/** A moment, for a dense table: the day and the time of the clock here. */
export interface Moment {
  readonly day: string;
  readonly time: string;
}

/** Formats the day of a time in ms since 1970, without its year. */
export const dayFormat = new Intl.DateTimeFormat(undefined, { month: 'short', day: '2-digit' });
const longDayFormat = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: '2-digit' });
const timeFormat = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
/** Formats the hours and minutes of a time in ms since 1970. */
export const shortTimeFormat = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const countFormat = new Intl.NumberFormat();

/** The time zone of the clock here, by its name in the IANA database. */
export const timeZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Formats a time in RFC 3339. The day has a year if that is not the current one. */
export function formatMoment(text: string): Moment {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return { day: '', time: text };
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return { day: (isThisYear ? dayFormat : longDayFormat).format(date), time: timeFormat.format(date) };
}

/** Formats a time in ms since 1970 as a day, and hours and minutes. */
export const formatMinute = (ms: number): string =>
  `${longDayFormat.format(ms)}, ${shortTimeFormat.format(ms)}`;

/** Formats a number with separators. */
export const formatCount = (count: number): string => countFormat.format(count);

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

const agoFormat = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** Formats how long ago a time was: "3 hours ago". */
export function formatAgo(ms: number, now: number): string {
  const [unit, size] = units.find(([, length]) => Math.abs(now - ms) >= length) ?? ['second', 1000];
  return agoFormat.format(Math.round((ms - now) / size), unit);
}
