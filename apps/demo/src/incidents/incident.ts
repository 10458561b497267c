import type { Happening } from '../month/activity.ts';
import type { Person } from '../month/people.ts';
import type { Random } from '../month/random.ts';

/** Something that is worth finding in the month. */
export interface Incident {
  /** What happened, in one sentence. */
  readonly title: string;
  /** The filter that shows it. */
  readonly filter: {
    readonly userId?: string;
    readonly type?: readonly string[];
    readonly from: number;
    readonly to: number;
  };
  /** The activities that exist because of it. None if it only changes what others do. */
  readonly happenings: readonly Happening[];
}

/** What an incident is made from. */
export interface Scene {
  /** The end of the month. */
  readonly end: number;
  readonly people: readonly Person[];
  readonly random: Random;
  /** The size of the demo as a part of a million activities, at most 1. */
  readonly scale: number;
}

/** Returns the first person of a role, or the last one if there is none. Throws if there is nobody. */
export function someone(people: readonly Person[], role: Person['role'], skip = 0): Person {
  const person = people.filter((item) => item.role === role)[skip] ?? people.at(-1);
  if (person === undefined) throw new Error('A demo needs people.');
  return person;
}
