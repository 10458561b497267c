import { errorTypes } from '../month/actions.ts';
import { calendarDayOf, addDays, isWeekend } from '../month/local-time.ts';
import { type Incident, type Scene, personOfRole } from './incident.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A span of time, in ms since 1970. `from` is included, `to` is not. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Returns the two hours from a bad release until its rollback. */
export const badReleaseSpan = (end: number): Span => {
  const day = addDays(calendarDayOf(end), -13);
  // Nobody releases on a weekend.
  const from = addDays(day, isWeekend(day) ? -2 : 0) + 13 * hourMs;
  return { from, to: from + 2 * hourMs };
};

/** Returns the span of an outage, in which no activity arrives. */
export const outageSpan = (end: number): Span => {
  const day = addDays(calendarDayOf(end), -20);
  const from = addDays(day, isWeekend(day) ? -2 : 0) + 9 * hourMs + 40 * minuteMs;
  return { from, to: from + 95 * minuteMs };
};

export const makeBadReleaseIncident = ({ end }: Scene): Incident => {
  const { from, to } = badReleaseSpan(end);
  return {
    title: 'Errors rise after a release, until it is rolled back two hours later',
    filter: { type: errorTypes, from: from - 6 * hourMs, to: to + 6 * hourMs },
    happenings: [],
  };
};

export const makeOutageIncident = ({ end }: Scene): Incident => {
  const { from, to } = outageSpan(end);
  return {
    title: 'An outage of 95 minutes, then a rush of activities',
    filter: { from: from - 3 * hourMs, to: to + 3 * hourMs },
    happenings: [],
  };
};

/** An integration retries the same order for half a day. */
export function makeStuckIntegrationIncident({ end, people, random, scale }: Scene): Incident {
  const service = personOfRole(people, 'service');
  const from = addDays(calendarDayOf(end), -5) + 18 * hourMs;
  const to = from + 12 * hourMs;
  const count = Math.max(40, Math.round(1440 * scale));
  return {
    title: 'An integration is stuck on one order, and retries it all night',
    filter: { userId: service.id, type: ['SYNC_FAILED'], from: from - hourMs, to: to + hourMs },
    happenings: Array.from({ length: count }, (_, index) => ({
      userId: service.id,
      type: 'SYNC_FAILED',
      at: Math.floor(from + ((to - from) * index) / count) + random.int(0, 900),
      metadata: {
        order: 'A-418209',
        attempt: index + 1,
        error: 'HTTP 409: order is locked by another transaction',
        role: service.role,
        ip: service.ip,
      },
    })),
  };
}
