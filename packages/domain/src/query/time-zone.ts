import { Timestamp } from '../activity/timestamp.ts';
import type { Brand } from '../shared/brand.ts';
import { wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';

/** The name of a zone of the IANA time zone database (RFC 6557), such as `Europe/Berlin`, as the runtime writes it. */
export type TimeZone = Brand<string, 'TimeZone'>;

/** How far a zone's clock is from UTC, from a moment on. */
export interface ZoneOffset {
  readonly from: Timestamp;
  /** What is added to UTC, in milliseconds; a whole number of seconds. */
  readonly offsetMs: number;
}

/** An offset alone, such as `+01:00`, is no zone of the database, although runtimes take it. */
const name = /^[a-z][a-z0-9_+/-]{0,63}$/i;
const unknownZone = 'must be a time zone of the IANA database such as Europe/Berlin';
const offsetName = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** No two changes of any zone lie less than a week apart: what changes and changes back is not stepped over. */
const stepMs = 2 * 86_400_000;

export const TimeZone = {
  /** Where clocks show UTC. */
  utc: 'UTC' as TimeZone,
  /** Takes the name of a zone or a link, in upper or lower case; says no by `RuleBroken`. */
  parse(raw: unknown): TimeZone {
    const text = wellFormedText(raw, 64, unknownZone);
    try {
      const known = name.test(text) ? formatOf(text) : undefined;
      if (known !== undefined) return known.resolvedOptions().timeZone as TimeZone;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    throw new RuleBroken(unknownZone);
  },
  /**
   * The offsets that are in force between two moments (both inclusive), exact to the second, in the order of time. The first
   * is from `first` on. The work grows with the time between: half a century is 10,000 looks at the zone.
   */
  offsetsBetween(zone: TimeZone, first: Timestamp, last: Timestamp): readonly ZoneOffset[] {
    const offsetAt = offsetsOf(zone);
    const offsets = [{ from: first, offsetMs: offsetAt(first) }];
    let [from, offsetMs]: [number, number] = [first, offsetAt(first)];
    while (from < last) {
      const to = Math.min(from + stepMs, last);
      const there = offsetAt(to);
      if (there !== offsetMs) {
        offsets.push({ from: changeBetween(offsetAt, from, to), offsetMs: there });
        offsetMs = there;
      }
      from = to;
    }
    return offsets;
  },
};

/** The first moment of the offset that is in force at `to` and not yet at `from`. */
function changeBetween(offsetAt: (millis: number) => number, from: number, to: number): Timestamp {
  const wanted = offsetAt(to);
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle) === wanted) after = middle;
    else before = middle;
  }
  return Timestamp.fromMillis(after);
}

const formatOf = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });

/** What the zone adds to UTC, by the moment. */
function offsetsOf(zone: TimeZone): (millis: number) => number {
  const format = formatOf(zone);
  return (millis) => {
    const match = offsetName.exec(format.format(millis));
    if (match === null) throw new Error(`The runtime tells no offset of ${zone}.`);
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
    const size = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
    return sign === '-' ? -size : size;
  };
}
