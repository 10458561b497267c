import { type SlotCount, slotMs, type TimeSlots, type TimeUnit } from './time-slots.ts';
import { TimeZone } from './time-zone.ts';

/** How many activities have a type or a user, or lie in a unit of time. */
export interface KeyCount {
  readonly key: string;
  readonly count: number;
}

/** How many days a unit has at most, of those that are counted as days. */
const daysOf: Partial<Record<TimeUnit, number>> = { day: 1, week: 7, month: 31 };

const dayTail = 'T00:00:00.000Z';
const monthTail = '-01T00:00:00.000Z';
const minuteTail = '.000Z';

/**
 * The lines of stats over time, joined from the slots of one part of time after the other. A line is called by what the clock of
 * the zone showed when it began: months as `2026-11`, days as `2026-11-25`, weeks as the date of their Monday (ISO 8601), hours
 * and minutes as RFC 3339 with the offset of that time. So the hour that a clock shows twice is two lines, and a day is one,
 * whatever happens in it. Offsets of old had seconds, and years before 0000 or after 9999 have six digits and a sign (ISO 8601).
 */
export class TimeLines {
  readonly #unit: TimeUnit;
  readonly #zone: TimeZone;
  /** By their keys; in the order of time, except for days, weeks and months. */
  readonly #lines = new Map<string, { readonly begin: number; readonly count: number }>();

  constructor(unit: TimeUnit, zone: TimeZone) {
    this.#unit = unit;
    this.#zone = zone;
  }

  get size(): number {
    return this.#lines.size;
  }

  /** More slots than this in a part of time come to more than `maxLines` lines, with those that there are already. */
  maxSlots(maxLines: number, { offsets }: TimeSlots): number {
    // The first slots may go on with the last line that there is.
    const most = (maxLines - this.size + 1) * (daysOf[this.#unit] ?? 1);
    // A clock that is put back over midnight shows two days again.
    return this.#unit in daysOf ? most + 2 * (offsets.length - 1) : most;
  }

  /** Adds what was counted in a part of time, which is later than those before. */
  add({ offsets }: TimeSlots, counts: readonly SlotCount[]): void {
    for (const { segment, slot, count } of counts.toSorted(byTime)) {
      const [key, begin] = this.#lineOf(slot, offsets[segment]?.offsetMs ?? 0);
      this.#lines.set(key, { begin, count: (this.#lines.get(key)?.count ?? 0) + count });
    }
  }

  /** All lines in the order of time. */
  inOrder(): readonly KeyCount[] {
    const lines = [...this.#lines];
    // A clock that is put back over midnight comes to the day before again, and to its week and month.
    if (this.#unit in daysOf) lines.sort(([, a], [, b]) => a.begin - b.begin);
    return lines.map(([key, { count }]) => ({ key, count }));
  }

  /** The key of a slot's line, and the slot that this line begins with. */
  #lineOf(slot: number, offsetMs: number): readonly [key: string, begin: number] {
    const unit = this.#unit;
    const begin = beginOf(unit, slot);
    const shown = new Date(begin * slotMs[unit]).toISOString();
    if (unit === 'month') return [shown.slice(0, -monthTail.length), begin];
    if (unit in daysOf) return [shown.slice(0, -dayTail.length), begin];
    return [shown.slice(0, -minuteTail.length) + offsetText(this.#zone, offsetMs), begin];
  }
}

const byTime = (a: SlotCount, b: SlotCount): number => a.segment - b.segment || a.slot - b.slot;

/** The first slot of the unit that a slot is in. */
function beginOf(unit: TimeUnit, slot: number): number {
  if (unit === 'month') return slot - new Date(slot * slotMs.month).getUTCDate() + 1;
  // Day 0 was a Thursday.
  return unit === 'week' ? slot - ((((slot + 3) % 7) + 7) % 7) : slot;
}

function offsetText(zone: TimeZone, offsetMs: number): string {
  if (zone === TimeZone.utc) return 'Z';
  // Of an hour after midnight in 1970: what is cut off are no seconds, or the milliseconds.
  const size = new Date(Math.abs(offsetMs)).toISOString().slice('1970-01-01T'.length, -minuteTail.length);
  return (offsetMs < 0 ? '-' : '+') + (size.endsWith(':00') ? size.slice(0, -':00'.length) : size);
}
