import { type Action, makeErrorFor, pickAction } from './actions.ts';
import type { Happening } from './activity.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';

const minuteMs = 60_000;

/** The state of the application over time: its version, and how often it fails. Moments are in ms since 1970. */
export interface AppTimeline {
  versionAt(moment: number): string;
  /** Returns the probability with which an action fails. */
  errorRateAt(moment: number): number;
}

/** The first and the last moment at which a person is active on a day, in ms since 1970. */
export interface Presence {
  readonly from: number;
  readonly to: number;
}

/** Returns `count` activities of a person on one day. */
export const activitiesOfDay = (
  person: Person,
  presence: Presence,
  count: number,
  timeline: AppTimeline,
  random: Random,
): readonly Happening[] =>
  person.role === 'bot' || person.role === 'service'
    ? machineRuns(person, presence, count, timeline, random)
    : humanSessions(person, presence, count, timeline, random);

/** Returns the activities of a machine: spread evenly over the hours, always at about the same minute of the hour. */
function machineRuns(
  person: Person,
  { from, to }: Presence,
  count: number,
  timeline: AppTimeline,
  random: Random,
): readonly Happening[] {
  const hourMs = 60 * minuteMs;
  const hours = Math.max(1, Math.floor((to - from) / hourMs));
  const minute = person.ip.length % 7;
  return Array.from({ length: count }, (_, index) => {
    const hour = Math.floor((index * hours) / count);
    const at = from + hour * hourMs + minute * minuteMs + random.int(0, 90_000);
    return happening(person, Math.min(at, to), timeline, random, pickAction(person, random), {});
  });
}

/** Returns the activities of a human, in sessions that begin with a login and often end with a logout. */
function humanSessions(
  person: Person,
  presence: Presence,
  count: number,
  timeline: AppTimeline,
  random: Random,
): readonly Happening[] {
  const happenings: Happening[] = [];
  while (happenings.length < count) {
    const length = Math.min(random.int(4, 26), count - happenings.length);
    happenings.push(...humanSession(person, presence, length, timeline, random));
  }
  return happenings;
}

function humanSession(
  person: Person,
  { from, to }: Presence,
  length: number,
  timeline: AppTimeline,
  random: Random,
): readonly Happening[] {
  const times = [0];
  // Most actions follow within a minute.
  while (times.length < length)
    times.push((times.at(-1) ?? 0) + 2000 + Math.floor(random.share() ** 3 * 240_000));
  const duration = times.at(-1) ?? 0;
  const start = Math.min(startWithin(from, to, random), to - duration);
  const id = random.int(0, 0x7fff_ffff).toString(36);
  const hasFailedLogin = length > 3 && random.chance(0.05);
  const hasLogout = length > 2 && random.chance(0.7);
  return times.map((time, index) => {
    const isLogin = index === (hasFailedLogin ? 1 : 0);
    const action =
      index === 0 && hasFailedLogin
        ? { type: 'LOGIN_FAILED', details: { reason: 'wrong password' } }
        : isLogin
          ? login(random)
          : index === length - 1 && hasLogout
            ? { type: 'LOGOUT', details: { minutes: Math.ceil(duration / minuteMs) } }
            : pickAction(person, random);
    return happening(person, start + time, timeline, random, action, { session: id });
  });
}

const login = (random: Random): Action => ({
  type: 'LOGIN',
  details: { method: random.pick(['password', 'password', 'passkey', 'sso']) },
});

/** Two thirds of the sessions begin around the middle of the morning or of the afternoon. */
function startWithin(from: number, to: number, random: Random): number {
  const share = random.chance(0.33)
    ? random.share()
    : random.pick([0.2, 0.65]) + (random.share() + random.share() - 1) * 0.2;
  return Math.floor(from + Math.max(0, share) * (to - from));
}

function happening(
  person: Person,
  at: number,
  timeline: AppTimeline,
  random: Random,
  action: Action,
  extra: { readonly session?: string },
): Happening {
  const { type, details } = random.chance(timeline.errorRateAt(at)) ? makeErrorFor(action, random) : action;
  const { id: userId, role, ip, city, country, device, browser } = person;
  return {
    userId,
    type,
    at,
    metadata: {
      ...details,
      ...extra,
      role,
      ip,
      place: { city, country },
      device: { os: device, browser },
      app: timeline.versionAt(at),
    },
  };
}
