import { RuleBroken, startOfDay, Timestamp, type TimeZone, unlessBroken } from '@user-activity/domain';

/** What is needed to turn relative times and dates into moments. */
export interface TimeReference {
  /** The moment from which relative times count back. It is the same for all pages of a list. */
  readonly now: Timestamp;
  /** The time zone in which a date begins at midnight. */
  readonly timeZone: TimeZone;
}

const relativeTime = /^-(\d{1,12})([smhdw])$/;
const dateOnly = /^\d{4}-\d\d-\d\d$/;
const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** Parses a date-time, a date, `now`, or a relative time such as `-24h`. Throws RuleBroken with the accepted forms or a correction. */
export function parseQueryTime(raw: string, { now, timeZone }: TimeReference): Timestamp {
  if (raw === 'now') return now;
  const [, count, unit = ''] = relativeTime.exec(raw) ?? [];
  if (count !== undefined) return Timestamp.fromMillis(now - Number(count) * (unitMs[unit] ?? 0));
  if (dateOnly.test(raw)) {
    const midnight = unlessBroken(() => Timestamp.parse(`${raw}T00:00:00Z`));
    if (midnight === undefined) throw new RuleBroken('must be a date that exists');
    return startOfDay(midnight, timeZone);
  }
  const moment = unlessBroken(() => Timestamp.parse(raw));
  if (moment === undefined) throw new RuleBroken(queryTimeFault(raw));
  return moment;
}

export const isRelativeTime = (raw: string): boolean => raw === 'now' || relativeTime.test(raw);

const acceptedForms =
  'must be an RFC 3339 date-time such as 2026-11-24T08:30:00Z, a date such as 2026-11-24, or a relative time such as -24h ' +
  '(units: s, m, h, d, w)';
// The longest date-time, with 64 digits of fraction, has 90 characters.
const maxLength = 128;
const relativeWithoutMinus = /^[ +]?(\d{1,12}[smhdw])$/;
// Seconds (9 or 10 digits) or milliseconds (12 or 13 digits): times in the years 1973 to 2286.
const unixTime = /^(?:(\d{9,10})(?:\.\d*)?|(\d{12,13})(?:\.\d*)?)$/;
const almostRfc3339 =
  /^(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d)(:\d\d(?:\.\d{1,64})?)?(?: ?(?:z|([+ -])(\d\d):?(\d\d)))?$/i;

/** Returns a message that corrects a common mistake, or else lists the accepted forms. */
function queryTimeFault(raw: string): string {
  if (raw.length > maxLength) return acceptedForms;
  const [, period] = relativeWithoutMinus.exec(raw) ?? [];
  if (period !== undefined) return `must begin with a minus, as in -${period}: relative times lie before now`;
  return unixTimeFault(raw) ?? dateTimeFault(raw) ?? acceptedForms;
}

function unixTimeFault(raw: string): string | undefined {
  const [, seconds, millis] = unixTime.exec(raw) ?? [];
  if (seconds === undefined && millis === undefined) return undefined;
  const moment = Timestamp.fromMillis(seconds === undefined ? Number(millis) : Number(seconds) * 1000);
  return `must not be a Unix time: write ${Timestamp.toISO(moment)}`;
}

function dateTimeFault(raw: string): string | undefined {
  const match = almostRfc3339.exec(raw);
  if (match === null) return undefined;
  const [, date = '', hourAndMinute = '', seconds = ':00', sign, offsetHour, offsetMinute] = match;
  const offset = sign === undefined ? 'Z' : `${sign === ' ' ? '+' : sign}${offsetHour}:${offsetMinute}`;
  const corrected = `${date}T${hourAndMinute}${seconds}${offset}`;
  if (unlessBroken(() => Timestamp.parse(corrected)) === undefined)
    return 'must be a date-time that exists, within the years 0000 to 9999 in UTC';
  const inUrl = corrected.replace('+', '%2B');
  return sign === ' '
    ? `must be written ${inUrl}: a + in a URL is written %2B, else it is a space`
    : `must be written ${inUrl}: RFC 3339 has a T, seconds and an offset, and Z is UTC`;
}
