import { Timestamp } from '../activity/timestamp.ts';

/** How far a zone's clock is from UTC, from a moment on. */
export interface ZoneOffset {
  readonly from: Timestamp;
  /** What is added to UTC, in milliseconds; a whole number of seconds. */
  readonly offsetMs: number;
}

/** A block of time: the offset that it begins with, and the changes in it. */
interface Block {
  readonly offsetMs: number;
  readonly changes: readonly { readonly at: number; readonly offsetMs: number }[];
}

const dayMs = 86_400_000;
/** No two changes of a zone lie less than a week apart: what changes and changes back is not stepped over. */
const stepMs = 2 * dayMs;
/** The Gregorian calendar repeats after 400 years, which are 189 blocks of 773 days. */
const blockMs = 773 * dayMs;
const cycleBlocks = 189;

const blockAt = (moment: number): number => Math.floor(moment / blockMs);
/** No clock changed before: each place showed its local mean time. */
const firstBlock = blockAt(Date.UTC(1800, 0));
/** Clocks follow the rules of today from then on: the last change that is listed by its date is one of Morocco, in 2087. */
const cyclicFrom = blockAt(Date.UTC(2100, 0));

const offsetName = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** The runtime's format that shows the offset of a zone. Throws RangeError if the runtime knows no such zone. */
export const offsetFormat = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });

/**
 * The clock of a zone. It asks the runtime once for each block of time, and for 700 years of blocks at most: before 1800 clocks do
 * not change, and from 2100 on they change as they did 400 years earlier. That is 130,000 looks of a microsecond.
 */
export class ZoneClock {
  readonly #zone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #blocks = new Map<number, Block>();

  constructor(zone: string) {
    this.#zone = zone;
    this.#format = offsetFormat(zone);
  }

  /**
   * The offsets in force between two moments (both inclusive), exact to the second, in the order of time. The first one is from
   * `first` on.
   */
  offsetsBetween(first: Timestamp, last: Timestamp): readonly ZoneOffset[] {
    const offsets: ZoneOffset[] = [];
    let offsetMs = this.#blockOf(blockAt(first)).offsetMs;
    for (let index = blockAt(first); index <= blockAt(last); index += 1) {
      const shiftMs = (index - knownBlock(index)) * blockMs;
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
    const known = knownBlock(index);
    const block = this.#blocks.get(known) ?? this.#read(known);
    this.#blocks.set(known, block);
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

  /** The first moment of the offset that is in force at `to` and not yet at `from`. */
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

  /** What the zone adds to UTC at a moment. */
  #offsetAt(moment: number): number {
    const match = offsetName.exec(this.#format.format(moment));
    if (match === null) throw new Error(`The runtime tells no offset of ${this.#zone}.`);
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
    const size = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
    return sign === '-' ? -size : size;
  }
}

/** The block that tells about a block: itself, the last before 1800, or one of the 400 years from 2100 on. */
function knownBlock(index: number): number {
  if (index < firstBlock) return firstBlock - 1;
  return index < cyclicFrom ? index : cyclicFrom + ((index - cyclicFrom) % cycleBlocks);
}
