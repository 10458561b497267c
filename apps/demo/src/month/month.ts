import { accountTakeover, bruteForce, exfiltration } from '../incidents/attacks.ts';
import {
  badRelease,
  badReleaseIncident,
  outage,
  outageIncident,
  stuckIntegration,
} from '../incidents/failures.ts';
import type { Incident } from '../incidents/incident.ts';
import { type DemoActivity, demoActivity, type Happening } from './activity.ts';
import { calendarDay, daysAfter, isWeekend, localTime } from './local-time.ts';
import { makePeople, type Person } from './people.ts';
import { Random } from './random.ts';
import { activitiesOfDay, type Presence, type Weather } from './session.ts';

/** The settings of a month. The same values give the same month. */
export interface MonthOptions {
  readonly seed: number;
  /** How many activities it has. */
  readonly activities: number;
  /** How many users it has. */
  readonly users: number;
  /** Its last moment, in ms since 1970. */
  readonly end: number;
}

const days = 30;
const targetPortion = 5000;
const burstMs = 12 * 60_000;
const streams = { day: 2, amount: 3, incidents: 4, outage: 5 };

/**
 * A month of activities, in portions that can be made in any order. Only the weights of days and people are in memory, so a month of ten
 * million activities needs no more than one of a thousand.
 */
export class Month {
  /** Its last moment, in ms since 1970. */
  readonly end: number;
  readonly people: readonly Person[];
  readonly incidents: readonly Incident[];
  readonly #options: MonthOptions;
  readonly #today: number;
  readonly #outage;
  readonly #weather: Weather;
  /** How many activities come before each cell. A cell is a day of a person; those of a day follow one another. */
  readonly #before: Float64Array;
  /** The first cell of each portion. */
  readonly #portions: readonly number[];
  readonly #incidental: readonly Happening[];

  constructor(options: MonthOptions) {
    const { seed, users, activities, end } = options;
    this.#options = options;
    this.end = end;
    this.#today = calendarDay(end);
    this.#outage = outage(end);
    this.#weather = weatherOf(end);
    this.people = makePeople(seed, users);
    const scene = {
      end,
      people: this.people,
      random: new Random(seed, streams.incidents),
      scale: Math.min(1, activities / 1e6),
    };
    this.incidents = [
      exfiltration,
      accountTakeover,
      bruteForce,
      badReleaseIncident,
      stuckIntegration,
      outageIncident,
    ].map((make) => make(scene));
    this.#incidental = this.incidents.flatMap(({ happenings }) => happenings).slice(0, activities);
    this.#before = this.#amounts(activities - this.#incidental.length);
    this.#portions = this.#portionsOf(this.#before);
  }

  /** The version of the application at the end. */
  get version(): string {
    return this.#weather.versionAt(this.end);
  }

  /** The number of portions. */
  get portionCount(): number {
    return this.#portions.length + 1;
  }

  /** Returns the number of activities in the portions before this one. */
  countBefore(portion: number): number {
    return this.#before[this.#portions[portion] ?? this.#before.length - 1] ?? 0;
  }

  /** Returns the activities of a portion: some 5,000. The last one holds what happened in the incidents. */
  portion(index: number): readonly DemoActivity[] {
    const number = this.countBefore(index);
    return this.#happenings(index).map((item, at) => demoActivity(this.#id(number + at), item));
  }

  #happenings(index: number): readonly Happening[] {
    const first = this.#portions[index];
    if (first === undefined) return this.#incidental;
    const end = this.#portions[index + 1] ?? this.#before.length - 1;
    return Array.from({ length: end - first }, (_, at) => this.#cell(first + at)).flat();
  }

  #id(number: number): string {
    return `demo-${this.#options.seed}-${String(number).padStart(8, '0')}`;
  }

  #cell(cell: number): readonly Happening[] {
    const count = (this.#before[cell + 1] ?? 0) - (this.#before[cell] ?? 0);
    const [day, person] = this.#placeOf(cell);
    const presence = person === undefined ? undefined : this.#presence(person, day);
    if (count === 0 || person === undefined || presence === undefined) return [];
    const random = new Random(this.#options.seed, streams.day, cell);
    return activitiesOfDay(person, presence, count, this.#weather, random).map((item) =>
      this.#afterOutage(item, random),
    );
  }

  #placeOf(cell: number): readonly [day: number, person: Person | undefined] {
    const count = this.people.length;
    const day = daysAfter(this.#today, Math.floor(cell / count) - days + 1);
    return [day, this.people[cell % count]];
  }

  /** Returns when a person is there on a day, until the end of the month. Undefined if that is not at all. */
  #presence({ zone, hours }: Person, day: number): Presence | undefined {
    const from = localTime(zone, day, hours[0]);
    const to = Math.min(localTime(zone, day, hours[1]), this.end);
    return to > from ? { from, to } : undefined;
  }

  /** People repeat after the outage what failed during it. */
  #afterOutage(item: Happening, random: Random): Happening {
    const { from, to } = this.#outage;
    if (item.at < from || item.at >= to) return item;
    return { ...item, at: to + Math.floor(random.share() ** 2 * burstMs) };
  }

  /** Shares the activities out among the cells, in proportion to their weights. Returns how many come before each cell, and the sum. */
  #amounts(total: number): Float64Array {
    const cells = days * this.people.length;
    const sums = new Float64Array(cells + 1);
    for (let cell = 0; cell < cells; cell += 1) sums[cell + 1] = (sums[cell] ?? 0) + this.#weight(cell);
    const all = sums[cells] ?? 0;
    if (all === 0) throw new Error('Nobody does anything in this month.');
    return sums.map((sum) => Math.round((sum / all) * total));
  }

  #weight(cell: number): number {
    const [day, person] = this.#placeOf(cell);
    const presence = person === undefined ? undefined : this.#presence(person, day);
    if (person === undefined || presence === undefined) return 0;
    const random = new Random(this.#options.seed, streams.amount, cell);
    const isMachine = person.role === 'bot' || person.role === 'service';
    const mood = isMachine ? 1 : random.chance(0.25) ? 0 : 0.4 + random.share();
    const part = (presence.to - presence.from) / ((person.hours[1] - person.hours[0]) * 60_000);
    return person.weight * mood * part * (isWeekend(day) ? person.weekendShare : 1);
  }

  #portionsOf(before: Float64Array): readonly number[] {
    const firsts = [0];
    for (let cell = 1; cell < before.length - 1; cell += 1)
      if ((before[cell + 1] ?? 0) - (before[firsts.at(-1) ?? 0] ?? 0) > targetPortion) firsts.push(cell);
    return firsts;
  }
}

function weatherOf(end: number): Weather {
  const { from, to } = badRelease(end);
  return {
    versionAt: (moment) => (moment < from ? '2026.10.4' : moment < to ? '2026.11.0' : '2026.11.1'),
    errorRateAt: (moment) => (moment >= from && moment < to ? 0.2 : 0.003),
  };
}
