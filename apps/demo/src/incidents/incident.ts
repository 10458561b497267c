import type { Happening } from '../month/activity.ts';
import type { Person } from '../month/people.ts';
import type { Random } from '../month/random.ts';

/** Something unusual in the month that a user of the demo can find. */
export interface Incident {
  /** What happened, in one sentence. */
  readonly title: string;
  /** The filter that shows the incident in the dashboard. Times are in ms since 1970. */
  readonly filter: {
    readonly userId?: string;
    readonly type?: readonly string[];
    readonly from: number;
    readonly to: number;
  };
  /** The activities that the incident adds. Empty if it only changes the usual activities of the month. */
  readonly happenings: readonly Happening[];
}

/** The parts of a month from which an incident is made. */
export interface Scene {
  /** The end of the month, in ms since 1970. */
  readonly end: number;
  readonly people: readonly Person[];
  readonly random: Random;
  /** The number of activities of the demo, divided by a million. At most 1. */
  readonly scale: number;
}

/**
 * Skips the first `skip` people with the role, and returns the next one. If there is none, returns the last of all people. Throws if the list is
 * empty.
 */
export function personOfRole(people: readonly Person[], role: Person['role'], skip = 0): Person {
  const person = people.filter((item) => item.role === role)[skip] ?? people.at(-1);
  if (person === undefined) throw new Error('A demo needs people.');
  return person;
}
