/** A time as two texts: the local day and the local time of day. */
export interface Moment {
  readonly day: string;
  readonly time: string;
}

/** Formats a time in ms since 1970 as a day, without the year. */
export const dayFormat = new Intl.DateTimeFormat(undefined, { month: 'short', day: '2-digit' });
const longDayFormat = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: '2-digit' });
const timeFormat = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
/** Formats a time in ms since 1970 as hours and minutes. */
export const shortTimeFormat = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const countFormat = new Intl.NumberFormat();

/** The IANA name of the browser's time zone, such as `Europe/Berlin`. */
export const timeZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Formats a time (RFC 3339) as a local day and time. The day includes the year unless it is the current year. */
export function formatMoment(text: string): Moment {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return { day: '', time: text };
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return { day: (isThisYear ? dayFormat : longDayFormat).format(date), time: timeFormat.format(date) };
}

/** Formats a time in ms since 1970 as day, hours and minutes. */
export const formatMinute = (ms: number): string =>
  `${longDayFormat.format(ms)}, ${shortTimeFormat.format(ms)}`;

/** Formats a number with thousands separators. */
export const formatCount = (count: number): string => countFormat.format(count);

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

const agoFormat = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** Formats the distance from `now` to a time, such as "3 hours ago". Both are in ms since 1970. */
export function formatAgo(ms: number, now: number): string {
  const [unit, size] = units.find(([, length]) => Math.abs(now - ms) >= length) ?? ['second', 1000];
  return agoFormat.format(Math.round((ms - now) / size), unit);
}
