import { Timestamp } from '../activity/timestamp.ts';
import { RuleBroken, unlessBroken } from '../shared/violation.ts';
import { queryTimeFault } from './query-time-fault.ts';
import { startOfDay } from './start-of-day.ts';
import type { TimeZone } from './time-zone.ts';

/** How the times of a query are read. */
export interface TimeReference {
  /** The moment that relative times count back from: one for a whole request, and for all pages of a walk. */
  readonly now: Timestamp;
  /** The zone whose days a date means. */
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
 * Reads a time of a query: an RFC 3339 date-time, a date (the start of that day), `now`, or a time before now such as
 * `-24h` (a whole number of `s`, `m`, `h`, `d` or `w`; a day is 24 hours). Throws RuleBroken, with the remedy for usual slips.
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

/** Whether the text means another moment later on. */
export const isRelativeTime = (raw: string): boolean => raw === 'now' || relative.test(raw);
