// Smaller numbers are not taken for times: 20231114, for example, is a date. Larger numbers are milliseconds, because as seconds they would be
// after the year 5138.
const [minSeconds, maxSeconds] = [1e8, 1e11];
const decimalNumber = /^\d+(\.\d+)?$/;
// A time as databases write it: with a space before the hour, without a zone, or with a zone that has only hours.
const almostRfc3339 =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)? ?(?:Z|([+-]\d\d):?(\d\d)?)?)?$/i;

/**
 * Converts a time to RFC 3339. Numbers are seconds or milliseconds since 1970, and a time without a zone is in UTC. Returns null for an empty value.
 * Returns a value that is not a time unchanged.
 */
export function toRfc3339(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null;
  const [, date, minutes = '00:00', seconds = ':00', hours, rest = '00'] =
    almostRfc3339.exec(typeof value === 'string' ? value : '') ?? [];
  if (date !== undefined)
    return `${date}T${minutes}${seconds}${hours === undefined ? 'Z' : `${hours}:${rest}`}`;
  const number = typeof value === 'string' && decimalNumber.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || number < minSeconds) return value;
  const moment = new Date(number > maxSeconds ? number : number * 1000);
  return Number.isNaN(moment.getTime()) ? value : moment.toISOString();
}
