import { Timestamp } from '../activity/timestamp.ts';

/** The offset of a zone's clock from UTC, and the time from which on it is in force. */
export interface ZoneOffset {
  readonly from: Timestamp;
  /** The milliseconds to add to UTC; a whole number of seconds. */
  readonly offsetMs: number;
}

/** The offsets of a zone in a block of time of `blockMs`: the one at its beginning, and those after each change of the clock. */
interface Block {
  readonly offsetMs: number;
  readonly changes: readonly { readonly at: number; readonly offsetMs: number }[];
}

const dayMs = 86_400_000;
/** Two changes of a zone are at least a week apart, so a step never skips a change and its reversal. */
const stepMs = 2 * dayMs;
/** The Gregorian calendar repeats after 400 years, which are 189 blocks of 773 days. */
const blockMs = 773 * dayMs;
const cycleBlocks = 189;

const blockAt = (moment: number): number => Math.floor(moment / blockMs);
/** No clock changed before 1800: each place showed its local mean time. */
const firstBlock = blockAt(Date.UTC(1800, 0));
/** From 2100 on, the database lists no changes by date, but rules that repeat with the calendar. The last date is of Morocco, in 2087. */
const cyclicFrom = blockAt(Date.UTC(2100, 0));

const offsetName = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** Returns the runtime's format that shows the offset of a zone. Throws RangeError if the runtime does not know the zone. */
export const offsetFormat = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });

/**
 * The clock of a zone. It reads the offsets of each block of time from the runtime once, and caches them. It reads at most 700 years, in
 * 130,000 look-ups of a microsecond each: before 1800 clocks do not change, and from 2100 on the changes repeat every 400 years.
 */
export class ZoneClock {
  readonly #zone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #blocks = new Map<number, Block>();

  constructor(zone: string) {
    this.#zone = zone;
    this.#format = offsetFormat(zone);
  }

  /** See `TimeZone.offsetsBetween`. */
  offsetsBetween(first: Timestamp, last: Timestamp): readonly ZoneOffset[] {
    const offsets: ZoneOffset[] = [];
    let offsetMs = this.#blockOf(blockAt(first)).offsetMs;
    for (let index = blockAt(first); index <= blockAt(last); index += 1) {
      const shiftMs = (index - blockToRead(index)) * blockMs;
      for (const change of this.#blockOf(index).changes) {
        const from = change.at + shiftMs;
        if (from > last) break;
        if (from > first && offsets.length === 0) offsets.push({ from: first, offsetMs });
        ({ offsetMs } = change);
        if (from > first) offsets.push({ from: Timestamp.fromMillis(from), offsetMs });
      }
    }
    return offsets.length > 0 ? offsets : [{ from: first, offsetMs }];
  }

  #blockOf(index: number): Block {
    const readIndex = blockToRead(index);
    const block = this.#blocks.get(readIndex) ?? this.#read(readIndex);
    this.#blocks.set(readIndex, block);
    return block;
  }

  #read(index: number): Block {
    const begin = index * blockMs;
    const changes: { at: number; offsetMs: number }[] = [];
    const first = this.#offsetAt(begin);
    if (index < firstBlock) return { offsetMs: first, changes };
    let [from, offsetMs] = [begin, first];
    for (const end = begin + blockMs; from < end; ) {
      const to = Math.min(from + stepMs, end);
      const there = this.#offsetAt(to);
      if (there !== offsetMs) changes.push({ at: this.#changeBetween(from, to), offsetMs: there });
      [from, offsetMs] = [to, there];
    }
    return { offsetMs: first, changes };
  }

  /** Finds the moment between `from` and `to` at which the offset changed, by binary search. */
  #changeBetween(from: number, to: number): number {
    const wanted = this.#offsetAt(to);
    let [before, after] = [from, to];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#offsetAt(middle) === wanted) after = middle;
      else before = middle;
    }
    return after;
  }

  /** Returns the milliseconds that the zone adds to UTC at a moment. */
  #offsetAt(moment: number): number {
    const match = offsetName.exec(this.#format.format(moment));
    if (match === null) throw new Error(`The runtime returned no offset for ${this.#zone}.`);
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
    const size = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
    return sign === '-' ? -size : size;
  }
}

/** Returns the index of a block that has the same offsets: the block itself, the last one before 1800, or one in the 400 years after 2100. */
function blockToRead(index: number): number {
  if (index < firstBlock) return firstBlock - 1;
  return index < cyclicFrom ? index : cyclicFrom + ((index - cyclicFrom) % cycleBlocks);
}
