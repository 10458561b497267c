import { calendarDayOf, addDays, momentOfLocalTime } from '../month/local-time.ts';
import { type Incident, type Scene, personOfRole } from './incident.ts';

const minuteMs = 60_000;
const attackerDevice = { os: 'Linux', browser: 'python-requests/2.32' };

/** One night, someone tries passwords on many accounts, from addresses of one range. */
export function makeBruteForceIncident({ end, people, random, scale }: Scene): Incident {
  const from = addDays(calendarDayOf(end), -9) + 72 * minuteMs;
  const to = from + 55 * minuteMs;
  const count = Math.max(60, Math.round(1800 * scale));
  const attempts = Array.from({ length: count }, (_, index) => ({
    userId: random.pick(people).id,
    type: 'LOGIN_FAILED',
    at: Math.floor(from + ((to - from) * index) / count),
    metadata: {
      reason: random.chance(0.9) ? 'wrong password' : 'too many attempts',
      ip: `203.0.113.${random.int(1, 254)}`,
      device: attackerDevice,
    },
  }));
  return {
    title: 'A wave of failed logins from 203.0.113.0/24, at night',
    filter: { type: ['LOGIN_FAILED'], from: from - 60 * minuteMs, to: to + 60 * minuteMs },
    happenings: attempts,
  };
}

/** On a Sunday at 3 in the morning, an analyst exports 40 reports. */
export function makeExfiltrationIncident({ end, people, random }: Scene): Incident {
  const analyst = personOfRole(people, 'analyst');
  const today = calendarDayOf(end);
  const sunday = addDays(today, -7 - new Date(today).getUTCDay());
  const start = momentOfLocalTime(analyst.zone, sunday, 3 * 60);
  const reports = ['customers', 'payouts', 'revenue', 'churn'];
  const { ip, city, country } = analyst;
  const context = { session: 'night', role: analyst.role, ip, place: { city, country } };
  const exports = Array.from({ length: 40 }, (_, index) => ({
    userId: analyst.id,
    type: 'EXPORT_REPORT',
    at: start + (index + 1) * 95_000,
    metadata: {
      report: `${random.pick(reports)}-${2016 + Math.floor(index / 4)}`,
      format: 'csv',
      rows: random.int(180_000, 950_000),
      ...context,
    },
  }));
  const exportsEnd = start + 41 * 95_000;
  const login = {
    userId: analyst.id,
    type: 'LOGIN',
    at: start,
    metadata: { method: 'password', ...context },
  };
  const logout = {
    userId: analyst.id,
    type: 'LOGOUT',
    at: exportsEnd,
    metadata: { minutes: 65, ...context },
  };
  return {
    title: 'An analyst exports 40 reports on a Sunday at 3 in the morning',
    filter: { userId: analyst.id, from: start - 30 * minuteMs, to: exportsEnd + 30 * minuteMs },
    happenings: [login, ...exports, logout],
  };
}

/** A customer logs in at home and, minutes later, from the other side of the world, where the password and the profile are then changed. */
export function makeAccountTakeoverIncident({ end, people, random }: Scene): Incident {
  const victim = personOfRole(people, 'customer', 7);
  const start = addDays(calendarDayOf(end), -3) + 14 * 60 * minuteMs + random.int(0, 9) * minuteMs;
  const home = {
    role: victim.role,
    ip: victim.ip,
    place: { city: victim.city, country: victim.country },
    device: { os: victim.device, browser: victim.browser },
  };
  const away = {
    role: victim.role,
    ip: '192.0.2.66',
    place: { city: 'Ushuaia', country: 'AR' },
    device: attackerDevice,
  };
  const steps: readonly (readonly [minute: number, type: string, metadata: object])[] = [
    [0, 'LOGIN', { method: 'password', ...home }],
    [2, 'VIEW_PAGE', { path: '/account', ...home }],
    [21, 'LOGIN_FAILED', { reason: 'wrong password', ...away }],
    [22, 'LOGIN', { method: 'password', ...away }],
    [23, 'CHANGE_PASSWORD', away],
    [24, 'UPDATE_PROFILE', { fields: ['email', 'phone'], ...away }],
    [25, 'UPDATE_PROFILE', { fields: ['address'], ...away }],
    [29, 'PLACE_ORDER', { order: 'A-700101', total: 899, currency: 'EUR', ...away }],
    [31, 'PLACE_ORDER', { order: 'A-700102', total: 899, currency: 'EUR', ...away }],
    [34, 'PLACE_ORDER', { order: 'A-700103', total: 749.5, currency: 'EUR', ...away }],
    [52, 'LOGIN_FAILED', { reason: 'wrong password', ...home }],
    [53, 'LOGIN_FAILED', { reason: 'wrong password', ...home }],
  ];
  return {
    title: 'A customer logs in from two continents within 22 minutes, then the password changes',
    filter: { userId: victim.id, from: start - 60 * minuteMs, to: start + 120 * minuteMs },
    happenings: steps.map(([minute, type, metadata]) => ({
      userId: victim.id,
      type,
      at: start + minute * minuteMs,
      metadata: { ...metadata },
    })),
  };
}
