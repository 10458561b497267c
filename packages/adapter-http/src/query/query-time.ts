import { RuleBroken, startOfDay, Timestamp, type TimeZone, unlessBroken } from '@user-activity/domain';
import { queryTimeFault } from './query-time-fault.ts';

/** The context in which the times of a query are read. */
export interface TimeReference {
  /** The moment from which relative times count back. It is the same for a whole request, and for all pages of a walk. */
  readonly now: Timestamp;
  /** The zone in which a date's day begins. */
  readonly timeZone: TimeZone;
}

const relative = /^-(\d{1,12})([smhdw])$/;
const date = /^\d{4}-\d\d-\d\d$/;
const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/**
 * Parses a time of a query: an RFC 3339 date-time, a date (the start of that day), `now`, or a time before now such as
 * `-24h` (a whole number of `s`, `m`, `h`, `d` or `w`; a day is 24 hours). Throws RuleBroken, with the remedy for common mistakes.
 */
export function parseQueryTime(raw: string, { now, timeZone }: TimeReference): Timestamp {
  if (raw === 'now') return now;
  const [, count, unit = ''] = relative.exec(raw) ?? [];
  if (count !== undefined) return Timestamp.fromMillis(now - Number(count) * (unitMs[unit] ?? 0));
  if (date.test(raw)) {
    const midnight = unlessBroken(() => Timestamp.parse(`${raw}T00:00:00Z`));
    if (midnight === undefined) throw new RuleBroken('must be a date that exists');
    return startOfDay(midnight, timeZone);
  }
  const moment = unlessBroken(() => Timestamp.parse(raw));
  if (moment === undefined) throw new RuleBroken(queryTimeFault(raw));
  return moment;
}

/** Returns whether the text is `now` or a time relative to it. */
export const isRelativeTime = (raw: string): boolean => raw === 'now' || relative.test(raw);
