import { Timestamp, unlessBroken } from '@user-activity/domain';
import { timeSince1970 } from './time-since-1970.ts';

/**
 * Parses a time in one of the common forms. Returns undefined for anything else, and outside the years 0000 to 9999.
 *
 * The forms are ISO 8601 (also with a space for the T, cut after the month, day, hour or minute, with any fraction, or without colons and
 * dashes), year/month/day, the dates of mail and HTTP (RFC 2822, RFC 9110), the forms that JavaScript, Ruby, Go, Java and .NET print, a
 * 12-hour clock, and a number since 1970. A time without a zone is UTC. Dates that begin with a numeric day or month are not parsed,
 * because their order would be a guess. Digits beyond the millisecond are cut off. The result depends only on the value.
 */
export function lenientTime(sent: unknown): Timestamp | undefined {
  if (typeof sent === 'number') return timeSince1970(String(sent));
  if (typeof sent !== 'string' || sent.length > maxLength) return undefined;
  // ISO 8601 recommends U+2212, the minus sign.
  const text = sent.trim().replaceAll(/\s+/g, ' ').replaceAll('\u2212', '-');
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts !== undefined) return timeOf(parts);
  }
  return timeSince1970(text);
}

const maxLength = 256;

const fraction = String.raw`(?:[.,](?<fraction>\d*))?`;
// Phones with a 12-hour clock print "9:37:56 am.059" when a program formats "09:37:56.059".
const time = String.raw`(?<hour>\d\d?):(?<minute>\d\d)(?::(?<second>\d\d)(?: ?(?<early>[ap])m)?${fraction})?(?: ?(?<late>[ap])m)?`;
const basicTime = String.raw`(?<hour>\d\d)(?:(?<minute>\d\d)(?:(?<second>\d\d)${fraction})?)?`;
const bareZone = String.raw`(?:(?:utc|gmt)?(?<offset>[+-]\d\d(?::?\d\d)?)|(?<zone>[a-z]{1,3}))`;
// A name may follow an offset: "+0100 CET", "GMT+0100 (CET)", "+01:00[Europe/Paris]". It is ignored.
const aside = String.raw`(?:z| [a-z]{1,5}| [+-]\d\d(?:\d\d)?| ?\([^()]*\)|\[[^[\]]*\])?`;
// Go also prints the value of its monotonic clock.
const monotonic = String.raw`(?: m=[+-]\d+(?:\.\d+)?)?`;
const zone = `(?: ?${bareZone}${aside}${monotonic})?`;
const weekday = '(?:[a-z]{3,9},? )?';
// ECMAScript's years of six digits.
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

/** The offsets of the zone names in RFC 2822, section 4.3. */
const zones: Readonly<Record<string, string>> = {
  z: '+00:00',
  ut: '+00:00',
  utc: '+00:00',
  gmt: '+00:00',
  edt: '-04:00',
  est: '-05:00',
  cdt: '-05:00',
  cst: '-06:00',
  mdt: '-06:00',
  mst: '-07:00',
  pdt: '-07:00',
  pst: '-08:00',
};

type Parts = Readonly<Record<string, string | undefined>>;

/** The time of the parts. `Timestamp` decides whether it exists. */
function timeOf(parts: Parts): Timestamp | undefined {
  const { year = '', month = '', day = '01', minute = '00', second = '00' } = parts;
  const date = `${yearOf(year)}-${monthOf(month)}-${day.padStart(2, '0')}`;
  const hour = hourOf(parts);
  const millis = (parts['fraction'] ?? '').slice(0, 3).padEnd(3, '0');
  const offset =
    parts['offset'] === undefined ? zones[parts['zone']?.toLowerCase() ?? 'z'] : offsetOf(parts['offset']);
  // In ISO 8601, 24:00 is the end of a day, which is the beginning of the next.
  const isEndOfDay = `${hour}:${minute}:${second}.${millis}` === '24:00:00.000';
  return unlessBroken(() => {
    const moment = Timestamp.parse(
      `${date}T${isEndOfDay ? '00' : hour}:${minute}:${second}.${millis}${offset}`,
    );
    return isEndOfDay ? Timestamp.fromMillis(moment + dayMs) : moment;
  });
}

const dayMs = 86_400_000;

/** The hour of a 24-hour clock, with two digits; invalid above 12 with "am" or "pm". */
function hourOf({ hour = '00', early, late }: Parts): string {
  const half = (early ?? late)?.toLowerCase();
  if (half === undefined) return hour.padStart(2, '0');
  return Number(hour) > 12 ? '' : String((Number(hour) % 12) + (half === 'p' ? 12 : 0)).padStart(2, '0');
}

/** Two digits below 50 mean years from 2000 (RFC 2822, section 4.3). */
const yearOf = (digits: string): string =>
  digits.length === 4 ? digits : `${Number(digits) < 50 ? 20 : 19}${digits}`;

const monthOf = (month: string): string =>
  /\d/.test(month)
    ? month.padStart(2, '0')
    : String(months.indexOf(month.toLowerCase()) + 1).padStart(2, '0');

const offsetOf = (offset: string): string =>
  `${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;
