import { setTimeout as delay } from 'node:timers/promises';
import { ActivityClient } from '@user-activity/client';
import { pickAction } from './month/actions.ts';
import type { Person } from './month/people.ts';
import { Random } from './month/random.ts';

const maxVisitors = 12;
const leaveRate = 0.06;
const waveMs = 9 * 60_000;

/** Returns the current maximum pause between two activities. It rises and falls in waves, as the number of visitors of a shop does. */
const currentMaxPauseMs = (): number => 550 + Math.round(400 * Math.sin((Date.now() / waveMs) * 2 * Math.PI));

interface Visit {
  readonly person: Person;
  readonly session: string;
}

/** Simulates people who come and go: logs a few activities per second, with the current time, until the signal is aborted. */
export async function logLiveTraffic(
  people: readonly Person[],
  app: string,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const client = new ActivityClient({ url });
  const random = new Random(Date.now());
  const visits: Visit[] = [];
  const log = ({ person, session }: Visit, type: string, details: object): void => {
    const { id: userId, role, ip, city, country, device, browser } = person;
    const where = { role, ip, place: { city, country }, device: { os: device, browser }, app };
    client.log({ userId, type, metadata: { ...details, session, ...where } });
  };
  try {
    while (!signal.aborted) {
      await delay(random.int(20, currentMaxPauseMs()), undefined, { signal });
      const visit = visits[random.int(0, maxVisitors - 1)];
      if (visit === undefined) {
        const next = { person: random.pick(people), session: random.int(0, 0x7fff_ffff).toString(36) };
        visits.push(next);
        log(next, 'LOGIN', { method: 'password' });
      } else if (random.chance(leaveRate)) {
        visits.splice(visits.indexOf(visit), 1);
        log(visit, 'LOGOUT', {});
      } else {
        const { type, details } = pickAction(visit.person, random);
        log(visit, type, details);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await client.close({ timeoutMs: 1000 }).catch(() => undefined);
  }
}
