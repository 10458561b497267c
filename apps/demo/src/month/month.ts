import {
  makeAccountTakeoverIncident,
  makeBruteForceIncident,
  makeExfiltrationIncident,
} from '../incidents/attacks.ts';
import {
  badReleaseSpan,
  makeBadReleaseIncident,
  outageSpan,
  makeOutageIncident,
  makeStuckIntegrationIncident,
} from '../incidents/failures.ts';
import type { Incident } from '../incidents/incident.ts';
import { type DemoActivity, toDemoActivity, type Happening } from './activity.ts';
import { calendarDayOf, addDays, isWeekend, momentOfLocalTime } from './local-time.ts';
import { makePeople, type Person } from './people.ts';
import { Random } from './random.ts';
import { activitiesOfDay, type Presence, type AppTimeline } from './session.ts';

/** The settings of a month. The same values give the same month. */
export interface MonthOptions {
  readonly seed: number;
  /** The number of activities. */
  readonly activities: number;
  /** The number of users. */
  readonly users: number;
  /** The last moment of the month, in ms since 1970. */
  readonly end: number;
}

const days = 30;
const targetPortionSize = 5000;
const burstMs = 12 * 60_000;
/** Seeds that give each part of a month its own random numbers. */
const streams = { day: 2, amount: 3, incidents: 4, outage: 5 };

/**
 * A month of activities. It is made in portions, which can be made in any order. Only numbers for each day and person are in memory, so a
 * month of ten million activities needs no more memory than one of a thousand.
 *
 * The month is divided into cells: the activities of one person on one day. The cells of a day follow one another.
 */
export class Month {
  /** The last moment of the month, in ms since 1970. */
  readonly end: number;
  readonly people: readonly Person[];
  readonly incidents: readonly Incident[];
  readonly #options: MonthOptions;
  readonly #today: number;
  readonly #outage;
  readonly #timeline: AppTimeline;
  /** The number of activities before each cell. The last item is the total number of activities. */
  readonly #before: Float64Array;
  /** The first cell of each portion. */
  readonly #portions: readonly number[];
  /** The activities that the incidents add. They are the last portion. */
  readonly #incidental: readonly Happening[];

  constructor(options: MonthOptions) {
    const { seed, users, activities, end } = options;
    this.#options = options;
    this.end = end;
    this.#today = calendarDayOf(end);
    this.#outage = outageSpan(end);
    this.#timeline = timelineOf(end);
    this.people = makePeople(seed, users);
    const scene = {
      end,
      people: this.people,
      random: new Random(seed, streams.incidents),
      scale: Math.min(1, activities / 1e6),
    };
    this.incidents = [
      makeExfiltrationIncident,
      makeAccountTakeoverIncident,
      makeBruteForceIncident,
      makeBadReleaseIncident,
      makeStuckIntegrationIncident,
      makeOutageIncident,
    ].map((make) => make(scene));
    this.#incidental = this.incidents.flatMap(({ happenings }) => happenings).slice(0, activities);
    this.#before = this.#countsBefore(activities - this.#incidental.length);
    this.#portions = this.#portionsOf(this.#before);
  }

  /** The version of the application at the end of the month. */
  get version(): string {
    return this.#timeline.versionAt(this.end);
  }

  /** The number of portions. */
  get portionCount(): number {
    return this.#portions.length + 1;
  }

  /** Returns the number of activities in the portions before this one. */
  countBefore(portion: number): number {
    return this.#before[this.#portions[portion] ?? this.#before.length - 1] ?? 0;
  }

  /** Returns the activities of a portion, about 5,000. The last portion has the activities that the incidents add. */
  portion(index: number): readonly DemoActivity[] {
    const number = this.countBefore(index);
    return this.#happenings(index).map((item, at) => toDemoActivity(this.#id(number + at), item));
  }

  #happenings(index: number): readonly Happening[] {
    const first = this.#portions[index];
    if (first === undefined) return this.#incidental;
    const end = this.#portions[index + 1] ?? this.#before.length - 1;
    return Array.from({ length: end - first }, (_, at) => this.#happeningsOfCell(first + at)).flat();
  }

  #id(number: number): string {
    return `demo-${this.#options.seed}-${String(number).padStart(8, '0')}`;
  }

  #happeningsOfCell(cell: number): readonly Happening[] {
    const count = (this.#before[cell + 1] ?? 0) - (this.#before[cell] ?? 0);
    const [day, person] = this.#dayAndPersonOf(cell);
    const presence = person === undefined ? undefined : this.#presence(person, day);
    if (count === 0 || person === undefined || presence === undefined) return [];
    const random = new Random(this.#options.seed, streams.day, cell);
    return activitiesOfDay(person, presence, count, this.#timeline, random).map((item) =>
      this.#movedAfterOutage(item, random),
    );
  }

  #dayAndPersonOf(cell: number): readonly [day: number, person: Person | undefined] {
    const count = this.people.length;
    const day = addDays(this.#today, Math.floor(cell / count) - days + 1);
    return [day, this.people[cell % count]];
  }

  /** Returns the time in which a person is active on a day, up to the end of the month. Returns undefined if there is none. */
  #presence({ zone, hours }: Person, day: number): Presence | undefined {
    const from = momentOfLocalTime(zone, day, hours[0]);
    const to = Math.min(momentOfLocalTime(zone, day, hours[1]), this.end);
    return to > from ? { from, to } : undefined;
  }

  /** Moves an activity that falls into the outage to the minutes after it, when people repeat what failed. */
  #movedAfterOutage(item: Happening, random: Random): Happening {
    const { from, to } = this.#outage;
    if (item.at < from || item.at >= to) return item;
    return { ...item, at: to + Math.floor(random.share() ** 2 * burstMs) };
  }

  /** Distributes the activities over the cells, in proportion to their weights. Returns the number before each cell, and then the total. */
  #countsBefore(total: number): Float64Array {
    const cells = days * this.people.length;
    const sums = new Float64Array(cells + 1);
    for (let cell = 0; cell < cells; cell += 1) sums[cell + 1] = (sums[cell] ?? 0) + this.#weight(cell);
    const all = sums[cells] ?? 0;
    if (all === 0) throw new Error('Nobody does anything in this month.');
    return sums.map((sum) => Math.round((sum / all) * total));
  }

  #weight(cell: number): number {
    const [day, person] = this.#dayAndPersonOf(cell);
    const presence = person === undefined ? undefined : this.#presence(person, day);
    if (person === undefined || presence === undefined) return 0;
    const random = new Random(this.#options.seed, streams.amount, cell);
    const isMachine = person.role === 'bot' || person.role === 'service';
    const mood = isMachine ? 1 : random.chance(0.25) ? 0 : 0.4 + random.share();
    const part = (presence.to - presence.from) / ((person.hours[1] - person.hours[0]) * 60_000);
    return person.weight * mood * part * (isWeekend(day) ? person.weekendShare : 1);
  }

  /** Returns the first cell of each portion. */
  #portionsOf(before: Float64Array): readonly number[] {
    const firsts = [0];
    for (let cell = 1; cell < before.length - 1; cell += 1)
      if ((before[cell + 1] ?? 0) - (before[firsts.at(-1) ?? 0] ?? 0) > targetPortionSize) firsts.push(cell);
    return firsts;
  }
}

function timelineOf(end: number): AppTimeline {
  const { from, to } = badReleaseSpan(end);
  return {
    versionAt: (moment) => (moment < from ? '2026.10.4' : moment < to ? '2026.11.0' : '2026.11.1'),
    errorRateAt: (moment) => (moment >= from && moment < to ? 0.2 : 0.003),
  };
}
