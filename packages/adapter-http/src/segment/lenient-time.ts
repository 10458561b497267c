import { Timestamp, unlessBroken } from '@user-activity/domain';
import { parseTimeSince1970 } from './time-since-1970.ts';

/**
 * Parses a time in one of the common forms. Returns undefined for other values, and for years outside 0000 to 9999.
 *
 * The forms are ISO 8601 (also with a space for the T, without the smaller units, with any fraction, or without colons and dashes),
 * year/month/day, the dates of mail and HTTP (RFC 2822, RFC 9110), the forms that JavaScript, Ruby, Go, Java and .NET print, a 12-hour
 * clock, and a number since 1970. A time without a zone is UTC. Dates that begin with a numeric day or month are ambiguous, and are not
 * parsed. Digits beyond the millisecond are cut off.
 */
export function parseLenientTime(value: unknown): Timestamp | undefined {
  if (typeof value === 'number') return parseTimeSince1970(String(value));
  if (typeof value !== 'string' || value.length > maxLength) return undefined;
  // ISO 8601 recommends U+2212, the minus sign.
  const text = value.trim().replaceAll(/\s+/g, ' ').replaceAll('\u2212', '-');
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts !== undefined) return timeOf(parts);
  }
  return parseTimeSince1970(text);
}

const maxLength = 256;

const fraction = String.raw`(?:[.,](?<fraction>\d*))?`;
// "am" may also precede the fraction: phones with a 12-hour clock print "9:37:56 am.059" for "09:37:56.059".
const time = String.raw`(?<hour>\d\d?):(?<minute>\d\d)(?::(?<second>\d\d)(?: ?(?<innerHalf>[ap])m)?${fraction})?(?: ?(?<finalHalf>[ap])m)?`;
const basicTime = String.raw`(?<hour>\d\d)(?:(?<minute>\d\d)(?:(?<second>\d\d)${fraction})?)?`;
const bareZone = String.raw`(?:(?:utc|gmt)?(?<offset>[+-]\d\d(?::?\d\d)?)|(?<zone>[a-z]{1,3}))`;
// A zone name after the offset is ignored: "+0100 CET", "GMT+0100 (CET)", "+01:00[Europe/Paris]".
const zoneName = String.raw`(?:z| [a-z]{1,5}| [+-]\d\d(?:\d\d)?| ?\([^()]*\)|\[[^[\]]*\])?`;
// Go also prints the reading of its monotonic clock.
const monotonic = String.raw`(?: m=[+-]\d+(?:\.\d+)?)?`;
const zone = `(?: ?${bareZone}${zoneName}${monotonic})?`;
const weekday = '(?:[a-z]{3,9},? )?';
// ECMAScript also allows years of six digits with a sign.
const isoYear = String.raw`(?:\+00)?(?<year>\d{4})`;
const namedMonth = '(?<month>[a-z]{3})';

const forms: readonly RegExp[] = [
  String.raw`${isoYear}-(?<month>\d\d)-(?<day>\d\d)(?:[t ]${time}${zone})?`,
  String.raw`${isoYear}-(?<month>\d\d)-(?<day>\d\d)[t ](?<hour>\d\d)${zone}`,
  String.raw`${isoYear}-(?<month>\d\d)`,
  String.raw`(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)(?:t${basicTime}${zone})?`,
  String.raw`(?<year>\d{4})/(?<month>\d\d?)/(?<day>\d\d?)(?:(?:t|,? )${time}${zone})?`,
  String.raw`${weekday}(?<day>\d{1,2})[ -]${namedMonth}[ -](?<year>\d{4}|\d\d) ${time}${zone}`,
  String.raw`${weekday}${namedMonth} (?<day>\d{1,2}),? (?<year>\d{4})(?:,? ${time}${zone})?`,
  String.raw`${weekday}${namedMonth} (?<day>\d{1,2}) ${time}(?: ${bareZone})? (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`, 'i'));

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const namesOfUtc = ['z', 'ut', 'utc', 'gmt'];
// The first letters of the American zones from Eastern to Pacific, as in "EST" and "PDT".
const zoneLetters = 'ecmp';

type Parts = Readonly<Record<string, string | undefined>>;

/** Makes a time from the matched parts of a form. Returns undefined if there is no such time. */
function timeOf(parts: Parts): Timestamp | undefined {
  const { year = '', month = '', day = '01', minute = '00', second = '00' } = parts;
  const date = `${yearOf(year)}-${monthOf(month)}-${day.padStart(2, '0')}`;
  const hour = hourOf(parts);
  const millis = (parts['fraction'] ?? '').slice(0, 3).padEnd(3, '0');
  const offset = parts['offset'] === undefined ? offsetOfZone(parts['zone']) : offsetOf(parts['offset']);
  // In ISO 8601, 24:00 is the end of a day: the same moment as 00:00 of the next day.
  const isEndOfDay = `${hour}:${minute}:${second}.${millis}` === '24:00:00.000';
  return unlessBroken(() => {
    const moment = Timestamp.parse(
      `${date}T${isEndOfDay ? '00' : hour}:${minute}:${second}.${millis}${offset}`,
    );
    return isEndOfDay ? Timestamp.fromMillis(moment + dayMs) : moment;
  });
}

const dayMs = 86_400_000;

/**
 * Returns the hour of a 24-hour clock, with two digits. Returns an empty string, which is invalid, for an hour above 12 with "am" or "pm".
 */
function hourOf({ hour = '00', innerHalf, finalHalf }: Parts): string {
  const halfOfDay = (innerHalf ?? finalHalf)?.toLowerCase();
  if (halfOfDay === undefined) return hour.padStart(2, '0');
  return Number(hour) > 12 ? '' : String((Number(hour) % 12) + (halfOfDay === 'p' ? 12 : 0)).padStart(2, '0');
}

// RFC 2822, section 4.3: two digits mean a year from 2000 if they are below 50, and a year before 2000 otherwise.
const yearOf = (digits: string): string =>
  digits.length === 4 ? digits : `${Number(digits) < 50 ? 20 : 19}${digits}`;

const monthOf = (month: string): string =>
  /\d/.test(month)
    ? month.padStart(2, '0')
    : String(months.indexOf(month.toLowerCase()) + 1).padStart(2, '0');

const offsetOf = (offset: string): string =>
  `${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;

/** Returns the offset of a zone name (RFC 2822, section 4.3). Default: UTC. Returns undefined for unknown names. */
function offsetOfZone(name = 'utc'): string | undefined {
  if (namesOfUtc.includes(name.toLowerCase())) return '+00:00';
  const [, letter = '', season] = /^([ecmp])([ds])t$/i.exec(name) ?? [];
  const hours = (season?.toLowerCase() === 'd' ? 4 : 5) + zoneLetters.indexOf(letter.toLowerCase());
  return season === undefined ? undefined : `-0${hours}:00`;
}
