import { errorTypes } from '../month/actions.ts';
import { calendarDay, daysAfter, isWeekend } from '../month/local-time.ts';
import { type Incident, type Scene, someone } from './incident.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A span of time in ms since 1970. `to` is not part of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The two hours after a bad release. */
export const badRelease = (end: number): Span => {
  const day = daysAfter(calendarDay(end), -13);
  // Nobody releases on a weekend.
  const from = daysAfter(day, isWeekend(day) ? -2 : 0) + 13 * hourMs;
  return { from, to: from + 2 * hourMs };
};

/** The outage in which nothing arrives. */
export const outage = (end: number): Span => {
  const day = daysAfter(calendarDay(end), -20);
  const from = daysAfter(day, isWeekend(day) ? -2 : 0) + 9 * hourMs + 40 * minuteMs;
  return { from, to: from + 95 * minuteMs };
};

export const badReleaseIncident = ({ end }: Scene): Incident => {
  const { from, to } = badRelease(end);
  return {
    title: 'A release makes errors rise, for two hours until it is taken back',
    filter: { type: errorTypes, from: from - 6 * hourMs, to: to + 6 * hourMs },
    happenings: [],
  };
};

export const outageIncident = ({ end }: Scene): Incident => {
  const { from, to } = outage(end);
  return {
    title: 'An outage of 95 minutes, and the rush after it',
    filter: { from: from - 3 * hourMs, to: to + 3 * hourMs },
    happenings: [],
  };
};

/** An integration tries one order again and again for half a day. */
export function stuckIntegration({ end, people, random, scale }: Scene): Incident {
  const service = someone(people, 'service');
  const from = daysAfter(calendarDay(end), -5) + 18 * hourMs;
  const to = from + 12 * hourMs;
  const count = Math.max(40, Math.round(1440 * scale));
  return {
    title: 'An integration is stuck on one order, and repeats it all night',
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
