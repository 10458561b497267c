import { byCodePoints } from '../shared/text.ts';
import { type SlotCount, slotMs, type TimeSlots, type TimeUnit } from './time-slots.ts';
import { TimeZone } from './time-zone.ts';

/** The number of activities with one type, of one user, or in one unit of time. */
export interface KeyCount {
  readonly key: string;
  readonly count: number;
}

/** The number of activities in one unit of time. If they are counted separately for each type or user, `series` is the type or user. */
export interface TimeLine extends KeyCount {
  readonly series?: string | undefined;
}

/** The number of activities of one series in a slot. */
export interface SeriesSlotCount extends SlotCount {
  readonly series?: string | undefined;
}

/** The maximum number of days in a unit, for the units that are counted by day. */
const daysOf: Partial<Record<TimeUnit, number>> = { day: 1, week: 7, month: 31 };

const dayTail = 'T00:00:00.000Z';
const monthTail = '-01T00:00:00.000Z';
const minuteTail = '.000Z';

/**
 * Adds the counts of slots to lines, one line for each unit of time. The key of a line is what the zone's clock showed when the unit began:
 * months as `2026-11`, days as `2026-11-25`, weeks as the date of their Monday (ISO 8601), hours and minutes as RFC 3339 with the offset at
 * that time. So an hour that the clock shows twice has two lines, but a day always has one. Old offsets may have seconds. Years before 0000 or
 * after 9999 have six digits and a sign (ISO 8601).
 */
export class TimeLines {
  readonly #unit: TimeUnit;
  readonly #zone: TimeZone;
  /** The lines by their key and series. */
  readonly #lines = new Map<string, TimeLine & { readonly begin: number }>();

  constructor(unit: TimeUnit, zone: TimeZone) {
    this.#unit = unit;
    this.#zone = zone;
  }

  /** The number of lines. */
  get size(): number {
    return this.#lines.size;
  }

  /**
   * Returns the maximum number of slots, over all series, for the next period of time. If the period has more, there are certainly more than
   * `maxLines` lines in total.
   */
  maxSlots(maxLines: number, { offsets }: TimeSlots, series = 1): number {
    // In each series, the first slots of the period may belong to the last line of the previous period, which is counted already.
    const max = (maxLines - this.size + series) * (daysOf[this.#unit] ?? 1);
    if (!(this.#unit in daysOf)) return max;
    // A clock that is set back over midnight shows two days a second time. So each change of the offset can add two slots to a series. If the
    // change is at the end of the previous period, one of the two slots may be in this period.
    return max + series * (2 * (offsets.length - 1) + (this.size > 0 ? 1 : 0));
  }

  /** Adds the counts of the next period of time. Periods must be added in the order of time. */
  add({ offsets }: TimeSlots, counts: readonly SeriesSlotCount[]): void {
    for (const { segment, slot, series, count } of counts) {
      const [key, begin] = this.#lineOf(slot, offsets[segment]?.offsetMs ?? 0);
      const id = series === undefined ? key : `${key} ${series}`;
      this.#lines.set(id, { key, series, begin, count: (this.#lines.get(id)?.count ?? 0) + count });
    }
  }

  /** Returns all lines in the order of time. Lines of the same unit of time are sorted by their series, by code points. */
  inOrder(): readonly TimeLine[] {
    return [...this.#lines.values()]
      .toSorted((a, b) => a.begin - b.begin || byCodePoints(a.series ?? '', b.series ?? ''))
      .map(({ key, series, count }) => (series === undefined ? { key, count } : { key, series, count }));
  }

  /** Returns the key of the line to which a slot belongs, and a number by which lines sort in the order of time. */
  #lineOf(slot: number, offsetMs: number): readonly [key: string, begin: number] {
    const unit = this.#unit;
    const begin = firstSlotOf(unit, slot);
    const localTime = new Date(begin * slotMs[unit]).toISOString();
    if (unit === 'month') return [localTime.slice(0, -monthTail.length), begin];
    if (unit in daysOf) return [localTime.slice(0, -dayTail.length), begin];
    // The clock may be set back to an hour that it showed before, but not to an earlier day: that day is the same line again.
    const time = begin * slotMs[unit] - offsetMs;
    return [localTime.slice(0, -minuteTail.length) + offsetText(this.#zone, offsetMs), time];
  }
}

/** Returns the first slot of the unit of time that contains a slot. */
function firstSlotOf(unit: TimeUnit, slot: number): number {
  if (unit === 'month') return slot - new Date(slot * slotMs.month).getUTCDate() + 1;
  // Day 0 was a Thursday.
  return unit === 'week' ? slot - ((((slot + 3) % 7) + 7) % 7) : slot;
}

function offsetText(zone: TimeZone, offsetMs: number): string {
  if (zone === TimeZone.utc) return 'Z';
  // Formatted by Date as hh:mm:ss.SSS. Cut off the milliseconds, and the seconds if they are zero.
  const size = new Date(Math.abs(offsetMs)).toISOString().slice('1970-01-01T'.length, -minuteTail.length);
  return (offsetMs < 0 ? '-' : '+') + (size.endsWith(':00') ? size.slice(0, -':00'.length) : size);
}
