import { Timestamp, unlessBroken } from '@user-activity/domain';

/**
 * The moment that a client of another system names in one of the common forms; undefined if it is none, or not within the years 0000
 * to 9999. Takes ISO 8601 (a space for the T, no seconds, no time, any fraction, no colons and dashes), the dates of mail and HTTP
 * (RFC 2822, RFC 9110), what JavaScript, Ruby and Go print, and seconds or milliseconds since 1970 as a number or in digits. A time
 * without a zone is UTC. Digits beyond the millisecond are cut off. The answer depends on nothing but the value.
 */
export function lenientTime(sent: unknown): Timestamp | undefined {
  if (typeof sent === 'number') return timeSince1970(String(sent));
  if (typeof sent !== 'string' || sent.length > maxLength) return undefined;
  const text = sent.trim().replaceAll(/\s+/g, ' ');
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts !== undefined) return timeOf(parts);
  }
  return timeSince1970(text);
}

const maxLength = 256;

const fraction = String.raw`(?:[.,](?<fraction>\d+))?`;
const time = String.raw`(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)${fraction})?`;
const basicTime = String.raw`(?<hour>\d\d)(?<minute>\d\d)(?:(?<second>\d\d)${fraction})?`;
// Behind an offset its name may follow, as in "+0100 CET", "GMT+0100 (CET)" and "+01:00[Europe/Paris]": the offset counts.
const aside = String.raw`(?: [a-z]{1,5}| ?\([^()]*\)|\[[^[\]]*\])?`;
const zone = String.raw`(?: ?(?:(?:utc|gmt)?(?<offset>[+-]\d\d(?::?\d\d)?)|(?<zone>[a-z]{1,3}))${aside})?`;
const weekday = '(?:[a-z]{3,9},? )?';

const forms: readonly RegExp[] = [
  String.raw`(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?:[t ]${time}${zone})?`,
  String.raw`(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)(?:t${basicTime}${zone})?`,
  String.raw`${weekday}(?<day>\d{1,2})[ -](?<month>[a-z]{3})[ -](?<year>\d{4}|\d\d) ${time}${zone}`,
  String.raw`${weekday}(?<month>[a-z]{3}) (?<day>\d{1,2}) (?<year>\d{4}) ${time}${zone}`,
  String.raw`${weekday}(?<month>[a-z]{3}) (?<day>\d{1,2}) ${time} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`, 'i'));

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The offsets of the names that RFC 2822 knows, section 4.3. */
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

/** The moment that the parts name. Whether it exists is for `Timestamp` to say. */
function timeOf(parts: Readonly<Record<string, string | undefined>>): Timestamp | undefined {
  const { year = '', month = '', day = '', hour = '00', minute = '00', second = '00' } = parts;
  const date = `${yearOf(year)}-${monthOf(month)}-${day.padStart(2, '0')}`;
  const millis = (parts['fraction'] ?? '').slice(0, 3).padEnd(3, '0');
  const offset =
    parts['offset'] === undefined ? zones[parts['zone']?.toLowerCase() ?? 'z'] : offsetOf(parts['offset']);
  return unlessBroken(() => Timestamp.parse(`${date}T${hour}:${minute}:${second}.${millis}${offset}`));
}

/** RFC 2822, section 4.3: two digits below 50 are of the years from 2000. */
const yearOf = (digits: string): string =>
  digits.length === 4 ? digits : `${Number(digits) < 50 ? 20 : 19}${digits}`;

const monthOf = (month: string): string =>
  /\d/.test(month) ? month : String(months.indexOf(month.toLowerCase()) + 1).padStart(2, '0');

const offsetOf = (offset: string): string =>
  `${offset.slice(0, 3)}:${offset.slice(3).replace(':', '') || '00'}`;

const number = /^(?<sign>-?)(?<whole>\d{1,15})(?:\.(?<fraction>\d+))?$/;
// As seconds until the year 5138, as milliseconds from 1973 on.
const firstOfMillis = 100_000_000_000;

function timeSince1970(text: string): Timestamp | undefined {
  const { sign = '', whole = '', fraction: part = '' } = number.exec(text)?.groups ?? {};
  if (whole === '') return undefined;
  const amount = Number(whole);
  const millis = amount < firstOfMillis ? amount * 1000 + Number(part.slice(0, 3).padEnd(3, '0')) : amount;
  return unlessBroken(() => Timestamp.fromMillis(sign === '' ? millis : -millis));
}
